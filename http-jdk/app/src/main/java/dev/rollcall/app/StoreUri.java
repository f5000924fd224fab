package dev.rollcall.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.Map;
import java.util.Optional;

/**
 * The store's URI, put together from options and the environment: what stands on a command line
 * every user of the host can read, so a password need not. No message repeats any of it.
 */
final class StoreUri {
  private static final String URI = "ROLLCALL_STORE";
  private static final String PASSWORD = "ROLLCALL_STORE_PASSWORD";
  private static final String PASSWORD_FILE = "ROLLCALL_STORE_PASSWORD_FILE";
  private static final String SENTINEL_PASSWORD_FILE = "ROLLCALL_STORE_SENTINEL_PASSWORD_FILE";

  private StoreUri() {}

  /**
   * Puts it together. An option comes before the variable that says the same, and a password in the
   * option's URI before any variable.
   *
   * @throws IllegalArgumentException if a password is given twice, is blank, or has no place in the
   *     URI
   */
  static String of(
      Optional<String> store,
      Optional<String> passwordFile,
      Optional<String> sentinelPasswordFile,
      String defaultStore,
      Map<String, String> environment) {
    String uri = first(store, environment, URI).orElse(defaultStore);
    boolean isSaidByOption = store.isPresent() && hasPassword(uri);
    Optional<String> password = Optional.empty();
    Optional<String> file = passwordFile;
    if (passwordFile.isEmpty() && !isSaidByOption) {
      password = set(environment, PASSWORD);
      file = set(environment, PASSWORD_FILE);
    }
    if (password.isPresent() && file.isPresent()) {
      throw new IllegalArgumentException(
          "set one of " + PASSWORD + " and " + PASSWORD_FILE + ", not both");
    }
    if ((password.isPresent() || file.isPresent()) && hasPassword(uri)) {
      throw new IllegalArgumentException(
          "the store's password stands in its URI, and is given beside it as well; leave one out");
    }
    Optional<String> sentinelFile =
        first(sentinelPasswordFile, environment, SENTINEL_PASSWORD_FILE);
    if (password.isPresent()) {
      uri = withPassword(uri, password.get());
    }
    uri = file.isPresent() ? withParameter(uri, "password-file", file.get()) : uri;
    return sentinelFile.isPresent()
        ? withParameter(uri, "sentinel-password-file", sentinelFile.get())
        : uri;
  }

  /** Returns the value of an option, otherwise that of a variable. */
  private static Optional<String> first(
      Optional<String> option, Map<String, String> environment, String name) {
    return option.isPresent() ? option : set(environment, name);
  }

  /** Returns the value of a variable; an empty variable counts as not set. */
  private static Optional<String> set(Map<String, String> environment, String name) {
    String value = environment.get(name);
    if (value == null || value.isEmpty()) {
      return Optional.empty();
    }
    if (value.isBlank()) {
      throw new IllegalArgumentException(name + " holds nothing but blanks");
    }
    return Optional.of(value);
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
