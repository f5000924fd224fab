package dev.rollcall.store.valkey.topology;

import dev.rollcall.store.valkey.pipeline.AsyncOperation;
import dev.rollcall.store.valkey.pipeline.Node;
import dev.rollcall.store.valkey.pipeline.PendingCommand;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisException;

/** The servers that hold the data, and which of them holds what. */
public interface Topology {

  /**
   * Makes a call where the key is.
   *
   * @return the reply
   * @throws JedisException as the server or the way there has it
   */
  @Nullable Object execute(byte[] key, PendingCommand command);

  /**
   * Makes a call where the key is, for an operation that no thread waits for. Returns at once, and
   * throws nothing.
   */
  void submit(byte[] key, PendingCommand command, AsyncOperation<?> operation);

  /**
   * Does something on each of the servers that hold all the data between them, at once.
   *
   * @return what was returned
   * @throws JedisException if it failed on one of them
   */
  <T> List<T> onEachMaster(Function<Node, T> action);

  /**
   * Runs an action, in parallel, on each master that holds some of the keys, with those keys.
   *
   * @return what was returned
   * @throws JedisException if it failed on one of them
   */
  <T> List<T> onMastersOf(List<byte[]> keys, BiFunction<Node, List<byte[]>, T> action);

  /**
   * Returns one of the masters; another, at random, each time.
   *
   * @throws JedisException if none is known
   */
  Node anyMaster();

  /** Returns the most keys that one call may name. */
  int keysPerCommand();

  /** Returns whether these servers form a cluster. */
  boolean isCluster();

  /** Says where the servers are, for people. */
  String address();

  /** Releases what it holds open. */
  void close();
}
