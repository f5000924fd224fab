package dev.rollcall.store.valkey.pipeline;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The two pipelines to one server: the one that callers share, and a second, so that two callers
 * alone need not wait for each other. From three on it is faster to share.
 */
public final class NodePipelines {
  private static final int COUNT = 2;

  private final Node node;
  private final CombiningPipeline shared;
  private final CombiningPipeline second;
  private final AtomicInteger callers = new AtomicInteger();

  /** Makes the pipelines to a server, where one command may name so many keys. */
  public NodePipelines(Node node, int keysPerCommand, AsyncThreads threads) {
    this.node = node;
    this.shared = new CombiningPipeline(node, keysPerCommand, threads);
    this.second = new CombiningPipeline(node, keysPerCommand, threads);
  }

  public Node node() {
    return node;
  }

  /** Queues a call that no thread waits for, behind those that others share. */
  void submit(PendingCommand command) {
    shared.submit(command);
  }

  /**
   * Makes a call and waits for its reply, until its deadline at most.
   *
   * @return the reply
   * @throws JedisException as the server or the way there has it
   */
  public @Nullable Object execute(PendingCommand command) {
    boolean crowded = callers.incrementAndGet() > COUNT;
    try {
      CombiningPipeline pipeline = !crowded && shared.isBusy() ? second : shared;
      return pipeline.execute(command);
    } finally {
      callers.decrementAndGet();
    }
  }
}
