package dev.rollcall.store.valkey.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Objects;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Slots in a row that one master has, as a server of the cluster says.
 *
 * @param first the first slot
 * @param last the last slot
 * @param asked the server that says so
 * @param host where the master is, or a question mark if that server does not know
 * @param port the master's port
 */
record SlotRange(int first, int last, String asked, String host, int port) {

  /**
   * Reads the reply to {@code CLUSTER SLOTS}.
   *
   * @param asked the address of the server whose reply it is
   * @throws JedisException if it is not such a reply
   */
  static List<SlotRange> parse(Object reply, String asked) {
    try {
      return ((List<?>) reply).stream().map(range -> parse((List<?>) range, asked)).toList();
    } catch (RuntimeException e) {
      throw new JedisException(asked + " did not return a valid CLUSTER SLOTS reply", e);
    }
  }

  private static SlotRange parse(List<?> range, String asked) {
    List<?> master = (List<?>) range.get(2);
    byte[] endpoint = (byte[]) master.get(0);
    // Null or empty: the server that was asked.
    String host =
        endpoint == null || endpoint.length == 0
            ? HostAndPort.from(asked).getHost()
            : new String(endpoint, UTF_8);
    int first = number(range.get(0));
    int last = number(range.get(1));
    Objects.checkFromToIndex(first, last + 1, Protocol.CLUSTER_HASHSLOTS);
    return new SlotRange(first, last, asked, host, number(master.get(1)));
  }

  private static int number(Object value) {
    return ((Long) value).intValue();
  }

  /**
   * Returns where the master is.
   *
   * @throws JedisException if the server that was asked does not know: without one of the masters a
   *     list would lack services without an error
   */
  HostAndPort master() {
    if (host.equals("?")) {
      throw new JedisException(asked + " does not know where a master is");
    }
    return new HostAndPort(host, port);
  }
}
