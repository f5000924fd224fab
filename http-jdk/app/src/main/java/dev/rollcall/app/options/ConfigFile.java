package dev.rollcall.app.options;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of {@code name=value} lines. It is not read by {@link java.util.Properties}, which would
 * take a backslash for an escape, a colon or a blank in a name for its end, the last of two equal
 * names without a word, and forget the number of the line.
 */
final class ConfigFile {
  private static final int MAX_BYTES = 1 << 20;

  /** Some editors put it before the first line. */
  private static final String BYTE_ORDER_MARK = "\ufeff";

  private ConfigFile() {}

  /**
   * One line that sets something.
   *
   * @param name without the dashes of the option
   * @param value not empty, without blanks around it
   * @param origin the file and the number of the line
   */
  record Line(String name, String value, Origin origin) {}

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException if a line is not a name and a value; the message has its
   *     number, and nothing of its text, which may be a key if it is the wrong file
   * @throws UncheckedIOException if the file cannot be read
   */
  static List<Line> read(Path file) {
    List<Line> lines = new ArrayList<>();
    int number = 0;
    for (String text : text(file).lines().toList()) {
      number++;
      String line = text.strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        lines.add(parse(line, new Origin(Origin.Rank.FILE, file + ":" + number)));
      }
    }
    return lines;
  }

  private static String text(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MAX_BYTES + 1);
      if (content.length > MAX_BYTES) {
        throw new IllegalArgumentException(file + " is longer than 1 MiB; is it the right file?");
      }
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
      return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + " is not UTF-8; save it as that", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the configuration in " + file + ": " + e, e);
    }
  }

  private static Line parse(String line, Origin origin) {
    int equals = line.indexOf('=');
    if (equals < 0) {
      throw new IllegalArgumentException(
          origin.label()
              + ": a line is name=value, as in port=9000; a flag is set by name=true, and a comment"
              + " starts with #");
    }
    String name = line.substring(0, equals).strip();
    String value = line.substring(equals + 1).strip();
    if (value.isEmpty()) {
      throw new IllegalArgumentException(
          origin.label() + ": there is no value after the =; set one, or remove the line");
    }
    return new Line(name, value, origin);
  }
}
