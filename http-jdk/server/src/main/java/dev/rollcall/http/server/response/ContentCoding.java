package dev.rollcall.http.server.response;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** How a body may be encoded for its way to the client (RFC 9110, section 12.5.3). */
public enum ContentCoding {
  /** As it is. */
  IDENTITY,
  /** Compressed. */
  GZIP;

  /** A weight of zero: the coding is not acceptable. */
  private static final Pattern ZERO = Pattern.compile("q\\s*=\\s*0(\\.0{0,3})?");

  /**
   * Returns the most compact coding that a client accepts.
   *
   * @param acceptEncoding the values of the header {@code Accept-Encoding}, each a list of codings
   */
  public static ContentCoding of(List<String> acceptEncoding) {
    boolean isAnyAccepted = false;
    for (String codings : acceptEncoding) {
      for (String coding : codings.toLowerCase(Locale.ROOT).split(",", -1)) {
        String[] parts = coding.split(";", 2);
        boolean isAccepted = parts.length == 1 || !ZERO.matcher(parts[1].strip()).matches();
        String name = parts[0].strip();
        if (name.equals("gzip") || name.equals("x-gzip")) {
          return isAccepted ? GZIP : IDENTITY;
        }
        isAnyAccepted |= name.equals("*") && isAccepted;
      }
    }
    return isAnyAccepted ? GZIP : IDENTITY;
  }
}
