package dev.rollcall.app.log;

import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * How a line of the log looks. Whatever a value holds, the line stays one, and a terminal that
 * shows it does nothing else.
 */
public enum LineFormat {
  /** {@code key=value}, where a value that is not plain stands in quotes. */
  KEY_VALUE {
    @Override
    String line(Map<String, @Nullable Object> fields) {
      var line = new StringJoiner(" ");
      for (Map.Entry<String, @Nullable Object> field : fields.entrySet()) {
        line.add(plainKey(field.getKey()) + '=' + plainOrQuoted(field.getValue()));
      }
      return line.toString();
    }
  },

  /** An object of JSON. */
  JSON {
    @Override
    String line(Map<String, @Nullable Object> fields) {
      var line = new StringJoiner(",", "{", "}");
      for (Map.Entry<String, @Nullable Object> field : fields.entrySet()) {
        line.add(Quoted.of(field.getKey()) + ':' + json(field.getValue()));
      }
      return line.toString();
    }
  };

  /** As the option of the command line has it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  abstract String line(Map<String, @Nullable Object> fields);

  private static String plainKey(String key) {
    return Quoted.isPlain(key) ? key : Quoted.of(key);
  }

  private static String plainOrQuoted(@Nullable Object value) {
    String text = String.valueOf(value);
    return Quoted.isPlain(text) ? text : Quoted.of(text);
  }

  private static String json(@Nullable Object value) {
    boolean isLiteral =
        value == null
            || value instanceof Boolean
            || value instanceof Integer
            || value instanceof Long;
    return isLiteral ? String.valueOf(value) : Quoted.of(String.valueOf(value));
  }
}
