package dev.rollcall.store.valkey.pipeline;

/** Writes the address of a server as people do. */
public final class ServerAddress {
  private ServerAddress() {}

  /** Returns an address with brackets around an IPv6 host, which Jedis writes without them. */
  public static String display(String hostAndPort) {
    int colon = hostAndPort.lastIndexOf(':');
    return hostAndPort.indexOf(':') == colon || hostAndPort.startsWith("[")
        ? hostAndPort
        : '[' + hostAndPort.substring(0, colon) + ']' + hostAndPort.substring(colon);
  }
}
