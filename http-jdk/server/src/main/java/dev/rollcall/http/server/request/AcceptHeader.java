package dev.rollcall.http.server.request;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a client says it would rather have (RFC 9110, section 12.5.1). */
public final class AcceptHeader {
  private static final String STREAM = "text/event-stream";
  private static final String JSON = "application/json";
  private static final Pattern WEIGHT =
      Pattern.compile("(?:^|;)\\s*q\\s*=\\s*([01](?:\\.\\d{0,3})?)");

  private AcceptHeader() {}

  /**
   * Returns whether a client asks for a stream of events: it names that type, and does not name
   * JSON with the same or a larger weight before it. Generated clients name every type that the API
   * has, and read only JSON.
   *
   * @param accept the values of the header {@code Accept}, each a list of media types
   */
  public static boolean prefersStream(List<String> accept) {
    boolean isStream = false;
    double most = 0;
    for (String ranges : accept) {
      for (String range : ranges.toLowerCase(Locale.ROOT).split(",", -1)) {
        String[] parts = range.split(";", 2);
        String type = parts[0].strip();
        double weight = parts.length == 1 ? 1 : weightIn(parts[1]);
        if ((type.equals(STREAM) || type.equals(JSON)) && weight > most) {
          most = weight;
          isStream = type.equals(STREAM);
        }
      }
    }
    return isStream;
  }

  private static double weightIn(String parameters) {
    Matcher weight = WEIGHT.matcher(parameters);
    return weight.find() ? Double.parseDouble(weight.group(1)) : 1;
  }
}
