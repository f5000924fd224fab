package dev.rollcall.store.valkey.topology;

import dev.rollcall.store.valkey.pipeline.AsyncOperation;
import dev.rollcall.store.valkey.pipeline.Node;
import dev.rollcall.store.valkey.pipeline.PendingCommand;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisException;

/** The servers that hold the data, and which of them holds which key. */
public interface Topology {

  /**
   * Sends a command to the server that holds the key.
   *
   * @return the reply
   * @throws JedisException the server's error, or the connection's
   */
  @Nullable Object execute(byte[] key, PendingCommand command);

  /**
   * Sends a command of an asynchronous operation to the server that holds the key. Returns at once,
   * and throws nothing.
   */
  void submit(byte[] key, PendingCommand command, AsyncOperation<?> operation);

  /**
   * Runs an action on every master in parallel. It is run again on a master to whom slots have
   * moved meanwhile.
   *
   * @return what was returned, of an action that was run again later in the list
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

  /** Returns the masters that are known; empty if none is. */
  List<Node> masters();

  /**
   * Returns one of the masters, chosen at random.
   *
   * @throws JedisException if none is known
   */
  Node anyMaster();

  /**
   * Has it looked up soon which server has which key, since a server could not be reached. Does not
   * block.
   */
  void refreshSoon();

  /** Returns the maximum number of keys that one command may name. */
  int keysPerCommand();

  /** Returns whether these servers form a cluster. */
  boolean isCluster();

  /** Says where the servers are, for people. */
  String address();

  /** Releases what it holds open. */
  void close();
}
