package dev.rollcall.store.valkey;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisException;

/** The servers that hold the data, and which of them holds what. */
interface Topology {

  /**
   * Makes a call where the key is.
   *
   * @return the reply
   * @throws JedisException as the server or the way there has it
   */
  @Nullable Object execute(byte[] key, Call call);

  /**
   * Returns the lanes that all calls go by; empty, as here, if that depends on the key, so that a
   * server that hangs would hold up the calls of the others.
   */
  default Optional<Lanes> lanes() {
    return Optional.empty();
  }

  /**
   * Does something on each of the servers that hold all the data between them, at once.
   *
   * @return what was returned
   * @throws JedisException if it failed on one of them
   */
  <T> List<T> onEachMaster(Function<Node, T> action);

  /** Returns the most keys that one call may name. */
  int keysPerCall();

  /** Returns whether these servers form a cluster. */
  default boolean isCluster() {
    return lanes().isEmpty();
  }

  /** Says where the servers are, for people. */
  String address();

  /** Releases what it holds open. */
  void close();
}
