package dev.rollcall.http.server.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name or address by which a client reached the server, in one form whatever the letters' case,
 * a dot at the end, or the way an address of IPv6 is written.
 *
 * @param text a name in lower case, or an address without brackets
 */
public record HostName(String text) {
  /** What a Host header or a URL's authority must be to be believed: no at, slash or blank. */
  static final String HOST_AND_PORT_REGEX = "([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::\\d{1,5})?";

  public static final Pattern HOST_AND_PORT = Pattern.compile(HOST_AND_PORT_REGEX);

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*\\.?");
  private static final Pattern IPV4_LOOPBACK =
      Pattern.compile("127(?:\\.(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)){3}");
  private static final int MAX_LENGTH = 255;

  /** Reads a host with or without a port; empty if it is neither a name nor an address. */
  public static Optional<HostName> inAuthority(String text) {
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    Matcher plain = HOST_AND_PORT.matcher(text);
    return plain.matches() ? of(plain.group(1)) : Optional.empty();
  }

  /** Reads a host without a port; empty if it is neither a name nor an address. */
  public static Optional<HostName> of(String host) {
    if (host.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    if (host.startsWith("[") && host.endsWith("]")) {
      return address(host);
    }
    if (!NAME.matcher(host).matches()) {
      return Optional.empty();
    }
    String name = host.toLowerCase(Locale.ROOT);
    return Optional.of(
        new HostName(name.endsWith(".") ? name.substring(0, name.length() - 1) : name));
  }

  private static Optional<HostName> address(String bracketed) {
    try {
      // In brackets it is an address or refused: no name server is ever asked.
      return Optional.of(new HostName(InetAddress.getByName(bracketed).getHostAddress()));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns whether it always means the client's own host: no name server outside of it can make it
   * mean another.
   */
  public boolean isLoopback() {
    return text.equals("localhost")
        || text.endsWith(".localhost")
        || text.equals("0:0:0:0:0:0:0:1")
        || IPV4_LOOPBACK.matcher(text).matches();
  }
}
