package dev.rollcall.app.options;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The store's URI, put together from options and the environment: what stands on a command line
 * every user of the host can read, so a password need not. No message repeats any of it.
 */
final class StoreUri {
  /** The variable that holds the password itself, for which there is no option. */
  static final String PASSWORD_VARIABLE = "ROLLCALL_STORE_PASSWORD";

  private static final Origin IN_VARIABLE = new Origin(Origin.Rank.VARIABLE, PASSWORD_VARIABLE);

  /** A parameter that another store on the class path may have. */
  private static final Pattern SECRET =
      Pattern.compile("(?i)([?&][^=&]*(?:password|secret|token)[^=&]*)(?<!-file)=[^&]*");

  private StoreUri() {}

  /**
   * Puts it together. Of passwords from several places, that from the first in the order of {@link
   * Origin.Rank} counts.
   *
   * @throws IllegalArgumentException if a password is given twice, is blank, or has no place in the
   *     URI
   */
  static String of(
      Optional<Setting> store,
      Optional<Setting> passwordFile,
      Optional<Setting> sentinelPasswordFile,
      String defaultStore,
      Map<String, String> environment) {
    String uri = store.map(Setting::value).orElse(defaultStore);
    Optional<Setting> password = password(environment);
    Optional<Setting> file = passwordFile;
    if (password.isPresent() && file.isPresent()) {
      Origin ofFile = file.get().origin();
      if (ofFile.rank() == IN_VARIABLE.rank()) {
        throw new IllegalArgumentException(
            "set one of " + PASSWORD_VARIABLE + " and " + ofFile.label() + ", not both");
      }
      password = ofFile.precedes(IN_VARIABLE) ? Optional.empty() : password;
      file = password.isPresent() ? Optional.empty() : file;
    }
    Optional<Setting> beside = password.or(() -> passwordFile);
    if (beside.isPresent() && store.isPresent() && hasPassword(uri)) {
      if (!store.get().origin().precedes(beside.get().origin())) {
        throw new IllegalArgumentException(
            "the store's password stands in its URI, and is given by "
                + beside.get().origin().label()
                + " as well; leave one out");
      }
      password = Optional.empty();
      file = Optional.empty();
    }
    if (password.isPresent()) {
      uri = withPassword(uri, password.get().value());
    }
    uri = file.isPresent() ? withParameter(uri, "password-file", file.get().value()) : uri;
    return sentinelPasswordFile.isPresent()
        ? withParameter(uri, "sentinel-password-file", sentinelPasswordFile.get().value())
        : uri;
  }

  /** Returns the password in the variable; an empty variable counts as not set. */
  private static Optional<Setting> password(Map<String, String> environment) {
    String value = environment.get(PASSWORD_VARIABLE);
    if (value == null || value.isEmpty()) {
      return Optional.empty();
    }
    if (value.isBlank()) {
      throw new IllegalArgumentException(
          PASSWORD_VARIABLE + " holds nothing but blanks; set the password, or do not set it");
    }
    return Optional.of(new Setting(value, IN_VARIABLE));
  }

  /** Returns a URI that a store was opened by, without the passwords in it. */
  static String shown(String uri) {
    int at = at(uri);
    String open = SECRET.matcher(at < 0 ? uri : uri.substring(at)).replaceAll("$1=***");
    if (at < 0) {
      return open;
    }
    String user = uri.substring(0, at);
    int colon = user.indexOf(':', authority(uri));
    return colon < 0 ? user + open : user.substring(0, colon) + ":***" + open;
  }

  private static boolean hasPassword(String uri) {
    int at = at(uri);
    return (at >= 0 && uri.substring(authority(uri), at).contains(":"))
        || uri.contains("?password-file=")
        || uri.contains("&password-file=");
  }

  private static String withPassword(String uri, String password) {
    int at = at(uri);
    int host = at < 0 ? authority(uri) : at + 1;
    String user = at < 0 ? "" : uri.substring(authority(uri), at);
    return uri.substring(0, authority(uri))
        + user
        + ':'
        + encoded(password)
        + '@'
        + uri.substring(host);
  }

  private static String withParameter(String uri, String name, String value) {
    authority(uri);
    char separator = uri.contains("?") ? '&' : '?';
    return uri + separator + name + '=' + encoded(value);
  }

  /** Returns the index of the at sign that ends a user and password, or -1. */
  private static int at(String uri) {
    int slashes = uri.indexOf("://");
    if (slashes < 0) {
      return -1;
    }
    int end = slashes + 3;
    while (end < uri.length() && "/?#".indexOf(uri.charAt(end)) < 0) {
      end++;
    }
    int at = uri.substring(0, end).lastIndexOf('@');
    return at > slashes ? at : -1;
  }

  /** Returns where the user, or else the host, begins. */
  private static int authority(String uri) {
    int slashes = uri.indexOf("://");
    if (slashes < 0) {
      throw new IllegalArgumentException(
          "a password is given for a store that has no place for one: its URI has no host");
    }
    return slashes + 3;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }
}
