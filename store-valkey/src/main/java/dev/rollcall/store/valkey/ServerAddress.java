package dev.rollcall.store.valkey;

/** Writes the address of a server as people do. */
final class ServerAddress {
  private ServerAddress() {}

  /** Returns an address with brackets around an IPv6 host, which Jedis writes without them. */
  static String display(String hostAndPort) {
    int colon = hostAndPort.lastIndexOf(':');
    return hostAndPort.indexOf(':') == colon || hostAndPort.startsWith("[")
        ? hostAndPort
        : '[' + hostAndPort.substring(0, colon) + ']' + hostAndPort.substring(colon);
  }
}
