package dev.rollcall.registrar;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network in CIDR notation (RFC 4632), such as {@code 10.0.0.0/8} or {@code fd00::/8}. By it a
 * host that has several addresses can say which of them others reach it at.
 */
final class Network {
  /** Addresses alone, so that no name server is asked. */
  private static final Pattern CIDR =
      Pattern.compile("((?:\\d{1,3}\\.){3}\\d{1,3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)/(\\d{1,3})");

  private final String text;
  private final byte[] address;
  private final int bits;

  private Network(String text, byte[] address, int bits) {
    this.text = text;
    this.address = address;
    this.bits = bits;
  }

  /** Returns whether a host was given as a network; it may still be malformed. */
  static boolean isMeant(String host) {
    return host.indexOf('/') >= 0 && !host.contains("://");
  }

  /**
   * Parses a network.
   *
   * @throws IllegalArgumentException if it is malformed
   */
  static Network parse(String text) {
    Matcher cidr = CIDR.matcher(text);
    if (cidr.matches()) {
      try {
        byte[] address = InetAddress.getByName(cidr.group(1)).getAddress();
        int bits = Integer.parseInt(cidr.group(2));
        if (bits <= address.length * Byte.SIZE) {
          return new Network(text, address, bits);
        }
      } catch (UnknownHostException e) {
        // Such as 300.0.0.0; said below.
      }
    }
    throw new IllegalArgumentException(
        "'"
            + ServicekitEnvironment.masked(text)
            + "' is not a network: an address and how many of its leading bits count, as in"
            + " 10.0.0.0/8 or fd00::/8");
  }

  boolean contains(InetAddress other) {
    byte[] bytes = other.getAddress();
    if (bytes.length != address.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >>> bit % Byte.SIZE;
      if (((bytes[bit / Byte.SIZE] ^ address[bit / Byte.SIZE]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the address that this host has in the network: of several, one of the interface with
   * the lowest index. Interfaces that are down do not count.
   *
   * @throws IllegalArgumentException if it has no such address; the message has those that it has
   */
  String addressOfThisHost() {
    List<InetAddress> all = addressesOfThisHost();
    Optional<String> found =
        all.stream().filter(this::contains).findFirst().map(Network::textWithoutScope);
    return found.orElseThrow(
        () ->
            new IllegalArgumentException(
                "this host has no address in "
                    + text
                    + "; its addresses are "
                    + all.stream().map(Network::textWithoutScope).toList()));
  }

  private static List<InetAddress> addressesOfThisHost() {
    try {
      List<NetworkInterface> interfaces =
          NetworkInterface.networkInterfaces()
              .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
              .toList();
      List<InetAddress> addresses = new ArrayList<>();
      for (NetworkInterface each : interfaces) {
        if (each.isUp()) {
          addresses.addAll(each.inetAddresses().toList());
        }
      }
      return addresses;
    } catch (SocketException e) {
      throw new IllegalArgumentException(
          "the addresses of this host cannot be read; set host() to an address", e);
    }
  }

  /** Returns an address as others may use it: the scope of an IPv6 address holds on its host. */
  private static String textWithoutScope(InetAddress address) {
    String text = address.getHostAddress();
    int scope = text.indexOf('%');
    return scope < 0 ? text : text.substring(0, scope);
  }
}
