package dev.rollcall.store.valkey.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Protocol.Command;

/** No thread of the store can be started to lead. */
@Timeout(60)
class FailingStartTest {
  private final CountDownLatch isStarting = new CountDownLatch(1);
  private final CountDownLatch mayFail = new CountDownLatch(1);
  private final AtomicInteger failed = new AtomicInteger();

  /** Threads of which none starts. */
  private final class NoThreads extends ThreadPoolExecutor {
    NoThreads() {
      super(0, 1, 1, TimeUnit.SECONDS, new SynchronousQueue<>());
    }

    @Override
    public void execute(Runnable task) {
      isStarting.countDown();
      try {
        mayFail.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new RejectedExecutionException("no thread");
    }
  }

  @Test
  void aCommandThatReliesOnAStartWhichFailsIsRejectedToo() throws InterruptedException {
    Node nowhere = new Node(() -> "h:1", () -> null, Duration.ZERO);
    CombiningPipeline pipeline =
        new CombiningPipeline(nowhere, 1, new AsyncThreads(new NoThreads()));
    List<Thread> submitters = new ArrayList<>();
    submitters.add(submitter(pipeline));
    isStarting.await();
    submitters.add(submitter(pipeline));
    mayFail.countDown();
    for (Thread submitter : submitters) {
      submitter.join();
    }

    assertThat(failed).hasValue(2);
  }

  private Thread submitter(CombiningPipeline pipeline) {
    PendingCommand command =
        PendingCommand.of(Command.PING, new byte[0][], System.nanoTime() + 1_000_000_000);
    Thread submitter =
        new Thread(
            () -> {
              try {
                pipeline.submit(command);
              } catch (RejectedExecutionException e) {
                failed.incrementAndGet();
              }
            });
    submitter.start();
    return submitter;
  }
}
