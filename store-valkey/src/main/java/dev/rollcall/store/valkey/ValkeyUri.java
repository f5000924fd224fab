package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/** What a store URI says. Its parts are shown in no message: one of them is the password. */
final class ValkeyUri {
  static final Set<String> PARAMETERS =
      Set.of(
          "prefix",
          "timeout-ms",
          "connect-timeout-ms",
          "default-ttl-seconds",
          "keep-history-seconds",
          "max-list-bytes",
          "foreign-writers",
          "database",
          "password-file",
          "sentinel-user",
          "sentinel-password",
          "sentinel-password-file");

  private static final List<String> SENTINELS =
      List.of("sentinel-user", "sentinel-password", "sentinel-password-file");

  private static final String UNITS = "kmg";
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,19})([kmgKMG]?)");
  private static final int BITS_A_UNIT = 10;

  private static final int MAX_KEEP_HISTORY_SECONDS = 30 * 86_400;

  private static final int PORT = 6379;
  private static final int SENTINEL_PORT = 26379;
  private static final int MAX_PORT = 65_535;

  /** How the servers behind a URI stand to each other. */
  enum Kind {
    ALONE(""),
    SENTINEL("+sentinel"),
    CLUSTER("+cluster");

    private final String suffix;

    Kind(String suffix) {
      this.suffix = suffix;
    }
  }

  private final URI uri;
  private final Kind kind;
  private final Map<String, String> parameters = new TreeMap<>();

  ValkeyUri(URI uri) {
    this.uri = uri;
    this.kind = kindOf(uri.getScheme().toLowerCase(Locale.ROOT));
    if (uri.getRawFragment() != null) {
      throw flaw(
          "a # begins a fragment, which it does not have; in a part of it a # is written as %23");
    }
    readParameters();
    if (uri.getRawAuthority() == null) {
      throw flaw("a host is missing, as in valkey://localhost:6379");
    }
    checkPasswords();
  }

  private void checkPasswords() {
    if (kind != Kind.SENTINEL && parameters.keySet().stream().anyMatch(SENTINELS::contains)) {
      throw flaw(String.join(", ", SENTINELS) + " go with valkey+sentinel:");
    }
    if (parameters.containsKey("password-file") && password() != null) {
      throw flaw("a password is in the URI or in the password-file, not in both");
    }
    if (parameters.containsKey("sentinel-password-file")
        && parameters.containsKey("sentinel-password")) {
      throw flaw("there is a sentinel-password or a sentinel-password-file, not both");
    }
  }

  /** Returns every scheme that is understood. */
  static Set<String> schemes() {
    Set<String> schemes = new LinkedHashSet<>();
    for (String base : List.of("valkey", "valkeys", "redis", "rediss")) {
      for (Kind kind : Kind.values()) {
        schemes.add(base + kind.suffix);
      }
    }
    return schemes;
  }

  private static Kind kindOf(String scheme) {
    return scheme.endsWith(Kind.SENTINEL.suffix)
        ? Kind.SENTINEL
        : scheme.endsWith(Kind.CLUSTER.suffix) ? Kind.CLUSTER : Kind.ALONE;
  }

  private void readParameters() {
    if (uri.getRawQuery() == null) {
      return;
    }
    for (String pair : uri.getRawQuery().split("&", -1)) {
      String[] nameAndValue = pair.split("=", 2);
      if (nameAndValue.length < 2 || !PARAMETERS.contains(nameAndValue[0])) {
        throw flaw("it takes the parameters " + String.join(", ", new TreeMap<>(named()).keySet()));
      }
      if (parameters.put(nameAndValue[0], decode(nameAndValue[1])) != null) {
        throw flaw("it has " + nameAndValue[0] + " twice");
      }
    }
  }

  private static Map<String, Boolean> named() {
    Map<String, Boolean> names = new TreeMap<>();
    PARAMETERS.forEach(name -> names.put(name, true));
    return names;
  }

  Kind kind() {
    return kind;
  }

  boolean isTls() {
    String base = uri.getScheme().toLowerCase(Locale.ROOT).replaceFirst("\\+.*", "");
    return base.equals("valkeys") || base.equals("rediss"); // "redis" ends with an s, too.
  }

  List<HostAndPort> servers() {
    String authority = uri.getRawAuthority();
    String[] parts = authority.substring(authority.lastIndexOf('@') + 1).split(",", -1);
    if (kind == Kind.ALONE && parts.length > 1) {
      throw flaw("several hosts go with valkey+sentinel: or valkey+cluster:");
    }
    List<HostAndPort> servers = new ArrayList<>();
    for (String part : parts) {
      servers.add(server(decode(part)));
    }
    return servers;
  }

  private HostAndPort server(String text) {
    int colon = text.lastIndexOf(':');
    boolean hasPort = colon > text.lastIndexOf(']');
    String host = hasPort ? text.substring(0, colon) : text;
    int port = kind == Kind.SENTINEL ? SENTINEL_PORT : PORT;
    if (hasPort && colon + 1 < text.length()) {
      port = (int) number("a port", text.substring(colon + 1), 1, MAX_PORT);
    }
    if (host.isEmpty()) {
      throw flaw("a host is missing, as in valkey://localhost:6379");
    }
    return new HostAndPort(host.replaceAll("[\\[\\]]", ""), port);
  }

  @Nullable String user() {
    String info = userInfo();
    int colon = info.indexOf(':');
    String user = colon < 0 ? info : info.substring(0, colon);
    return user.isEmpty() ? null : decode(user);
  }

  @Nullable String password() {
    String info = userInfo();
    if (info.isEmpty()) {
      return null;
    }
    int colon = info.indexOf(':');
    if (colon >= 0) {
      return decode(info.substring(colon + 1));
    }
    if (parameters.containsKey("password-file")) {
      return null;
    }
    throw flaw(
        "a user goes with a password, as in valkey://user:password@host, or with a password-file");
  }

  private String userInfo() {
    int at = uri.getRawAuthority().lastIndexOf('@');
    return at < 0 ? "" : uri.getRawAuthority().substring(0, at);
  }

  /** Returns the name under which Sentinel knows the master. */
  String masterName() {
    String name = path();
    if (name.isEmpty()) {
      throw flaw("the master's name is missing, as in valkey+sentinel://host:26379/mymaster");
    }
    return name;
  }

  int database() {
    boolean isInPath = kind == Kind.ALONE && !path().isEmpty();
    if (isInPath && parameter("database") != null) {
      throw flaw("it has a database in the path or as a parameter, not both");
    }
    String text = isInPath ? path() : parameter("database");
    if (kind == Kind.CLUSTER && (text != null || !path().isEmpty())) {
      throw flaw("a cluster has one database, without a number");
    }
    return text == null ? 0 : (int) number("a database", text, 0, Integer.MAX_VALUE);
  }

  private String path() {
    return uri.getRawPath() == null ? "" : decode(uri.getRawPath().replaceFirst("^/", ""));
  }

  @Nullable String parameter(String name) {
    return parameters.get(name);
  }

  /** Returns whether the writes of others are to be tracked. */
  boolean tracksForeignWriters() {
    String text = parameter("foreign-writers");
    if (text != null && !text.equals("tracking")) {
      throw flaw("foreign-writers is tracking, or left out");
    }
    return text != null;
  }

  Duration millis(String name, Duration otherwise) {
    String text = parameter(name);
    return text == null ? otherwise : Duration.ofMillis(number(name, text, 1, 60_000));
  }

  Duration seconds(String name, Duration otherwise) {
    String text = parameter(name);
    return text == null ? otherwise : Duration.ofSeconds(number(name, text, 1, 86_400));
  }

  /** Returns how long a history is kept. */
  Optional<Duration> keepHistory() {
    String name = "keep-history-seconds";
    String text = parameter(name);
    return text == null
        ? Optional.empty()
        : Optional.of(Duration.ofSeconds(number(name, text, 0, MAX_KEEP_HISTORY_SECONDS)));
  }

  /** Returns a size in bytes, as a memory store's URI has it. */
  OptionalLong bytes(String name) {
    String text = parameter(name);
    if (text == null) {
      return OptionalLong.empty();
    }
    Matcher parts = SIZE.matcher(text);
    if (parts.matches()) {
      String unit = parts.group(2).toLowerCase(Locale.ROOT);
      int shift = unit.isEmpty() ? 0 : BITS_A_UNIT * (1 + UNITS.indexOf(unit));
      try {
        long bytes = Math.multiplyExact(Long.parseLong(parts.group(1)), 1L << shift);
        if (bytes > 0) {
          return OptionalLong.of(bytes);
        }
      } catch (ArithmeticException | NumberFormatException e) {
        // Said below.
      }
    }
    throw flaw(name + " is a size of 1 or more, such as 500000, 64m or 2g");
  }

  private long number(String what, String text, long min, long max) {
    try {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw flaw(what + " is a whole number from " + min + " to " + max);
  }

  private String decode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    } catch (IllegalArgumentException e) {
      throw flaw("a % is followed by two hexadecimal digits");
    }
  }

  private IllegalArgumentException flaw(String text) {
    return new IllegalArgumentException("the store URI " + uri.getScheme() + ":…: " + text);
  }
}
