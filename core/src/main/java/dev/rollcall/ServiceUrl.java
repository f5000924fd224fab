package dev.rollcall;

import java.util.regex.Pattern;

/**
 * The rule for urls: absolute, http or https, with a host, and without credentials, which every
 * reader of the registry would see.
 *
 * <p>Not {@link java.net.URI}: that finds no host in {@code http://my_service:8000}, a name that
 * compose files are full of.
 */
final class ServiceUrl {
  static final int MAX_LENGTH = 2048;

  private static final Pattern FORM =
      Pattern.compile(
          "(?i:https?)://"
              + "(?:\\[[0-9A-Fa-f:.]+(?:%[\\w.-]+)?]|[^\\s/?#@:\\[\\]\\\\]+)" // host
              + "(?::(\\d{0,5}))?" // port
              + "(?:[/?#]\\S*)?");

  /** A scheme, which may be missing, and an authority up to its at sign. */
  private static final Pattern USER_INFO = Pattern.compile("(?:[^/?#]*//)?[^/?#]*@");

  private ServiceUrl() {}

  /**
   * Returns the url if it is valid.
   *
   * @throws IllegalArgumentException if it is not; the message says why
   */
  static String check(String url) {
    if (url.isEmpty() || url.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "a url has 1 to " + MAX_LENGTH + " characters; this one has " + url.length());
    }
    if (!isVisible(url)) {
      throw new IllegalArgumentException("a url holds no spaces and no control characters");
    }
    if (USER_INFO.matcher(url).lookingAt()) {
      throw new IllegalArgumentException(
          "a url holds no user name and no password: every reader of the registry would see them");
    }
    var matcher = FORM.matcher(url);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "a url is absolute, http or https, and has a host, as in http://my-service:8000");
    }
    String port = matcher.group(1);
    if (port != null && !port.isEmpty() && Integer.parseInt(port) > 65_535) {
      throw new IllegalArgumentException("a url's port is at most 65535; this one is " + port);
    }
    return url;
  }

  private static boolean isVisible(String url) {
    return !Unicode.hasLoneSurrogate(url)
        && url.chars()
            .noneMatch(
                c ->
                    Character.isISOControl(c)
                        || Character.isWhitespace(c)
                        || Character.isSpaceChar(c));
  }
}
