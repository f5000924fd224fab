package dev.rollcall.http.server.spi;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WaitingOutputTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final AtomicInteger calls = new AtomicInteger();
  private final WaitingOutput output = new WaitingOutput(calls::incrementAndGet);
  private volatile boolean isServerReady = true;

  /** Takes the turn of a thread of the server. */
  private void ready() {
    output.ready(written, () -> isServerReady);
  }

  /** Writes a byte on a thread of its own; returns what comes of it: null, or what was thrown. */
  private FutureTask<IOException> send(Thread[] writer) {
    FutureTask<IOException> task =
        new FutureTask<>(
            () -> {
              try {
                output.write('x');
                output.flush();
                return null;
              } catch (IOException e) {
                return e;
              }
            });
    writer[0] = start(task);
    return task;
  }

  private static Thread start(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void awaitWaiting(Thread writer) {
    while (writer.getState() != Thread.State.WAITING) {
      assertThat(writer.isAlive()).as("it waits").isTrue();
    }
  }

  @Test
  void theServerIsCalledAndWritesOnItsOwnThread() throws Exception {
    Thread[] writers = new Thread[1];
    OutputStream ofTheServer =
        new OutputStream() {
          @Override
          public void write(int b) {
            writers[0] = Thread.currentThread();
            written.write(b);
          }
        };
    Thread[] writer = new Thread[1];
    FutureTask<IOException> send = send(writer);
    awaitWaiting(writer[0]);
    assertThat(calls).hasValue(1);
    assertThat(written.size()).isZero();

    output.ready(ofTheServer, () -> true);

    assertThat(send.get()).isNull();
    assertThat(written.toString(US_ASCII)).isEqualTo("x");
    assertThat(writers[0]).isSameAs(Thread.currentThread());
  }

  @Test
  void aServerThatComesBackByItselfIsNotCalled() throws Exception {
    Thread[] writer = new Thread[1];
    FutureTask<IOException> send = send(writer);
    awaitWaiting(writer[0]);
    isServerReady = false;
    ready();
    awaitWaiting(writer[0]);
    assertThat(written.size()).isZero();
    isServerReady = true;
    ready();
    assertThat(send.get()).isNull();
    assertThat(calls).hasValue(1);

    send = send(writer);
    awaitWaiting(writer[0]);
    assertThat(calls).hasValue(2);
    ready();
    assertThat(send.get()).isNull();
    assertThat(written.toString(US_ASCII)).isEqualTo("xx");
  }

  @Test
  void moreThanItCollectsIsHandedOverAsItIs() throws Exception {
    byte[] large = new byte[100_000];
    FutureTask<Void> write =
        new FutureTask<>(
            () -> {
              output.write('x');
              output.write(large, 1, large.length - 1);
              output.write('y');
              output.flush();
              return null;
            });
    Thread writer = start(write);
    for (int turn = 1; turn <= 3; turn++) {
      while (calls.get() < turn) {
        Thread.onSpinWait();
      }
      ready();
    }
    write.get();
    writer.join();
    assertThat(written.size()).isEqualTo(1 + large.length);
  }

  @Test
  void anInterruptEndsAWaitAndNothingIsWritten() throws Exception {
    Thread[] writer = new Thread[1];
    FutureTask<IOException> send = send(writer);
    awaitWaiting(writer[0]);

    writer[0].interrupt();

    assertThat(send.get()).isInstanceOf(InterruptedIOException.class);
    ready();
    assertThat(written.size()).isZero();
  }

  @Test
  void aClientThatIsGoneEndsAWaitAndEachLaterWrite() throws Exception {
    Thread[] writer = new Thread[1];
    FutureTask<IOException> send = send(writer);
    awaitWaiting(writer[0]);
    IOException cause = new IOException("reset");

    output.fail(cause);

    assertThat(send.get()).hasCause(cause);
    ready();
    assertThat(send(writer).get()).hasCause(cause);
    assertThat(written.size()).isZero();
    assertThat(calls).hasValue(1);
  }

  @Test
  void aWriteOfTheServerThatFailsIsTheWriters() throws Exception {
    IOException cause = new IOException("reset");
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw cause;
          }
        };
    Thread[] writer = new Thread[1];
    FutureTask<IOException> send = send(writer);
    awaitWaiting(writer[0]);

    output.ready(broken, () -> true);

    assertThat(send.get()).hasCause(cause);
  }

  @Test
  void aServerThatCannotBeCalledHasEndedTheResponse() {
    WaitingOutput ended =
        new WaitingOutput(
            () -> {
              throw new IllegalStateException("recycled");
            });
    AtomicInteger runs = new AtomicInteger();

    assertThatThrownBy(
            () -> {
              ended.write('x');
              ended.flush();
            })
        .isInstanceOf(IOException.class)
        .hasCauseInstanceOf(IllegalStateException.class);
    ended.whenReady(runs::incrementAndGet);
    assertThat(runs).hasValue(0);
  }

  @Test
  void aServerThatHasNoThreadForACallCanStillEndTheResponse() {
    OutOfMemoryError error = new OutOfMemoryError("thrown by a test");
    WaitingOutput starved =
        new WaitingOutput(
            () -> {
              throw error;
            });
    AtomicInteger runs = new AtomicInteger();

    assertThatThrownBy(
            () -> {
              starved.write('x');
              starved.flush();
            })
        .isSameAs(error);
    starved.whenReady(runs::incrementAndGet);
    assertThat(runs).hasValue(1);
  }

  @Test
  void anErrorOfTheServerEndsTheWritersWait() throws Exception {
    OutOfMemoryError error = new OutOfMemoryError("thrown by a test");
    Thread[] writer = new Thread[1];
    FutureTask<IOException> send = send(writer);
    awaitWaiting(writer[0]);

    assertThatThrownBy(
            () ->
                output.ready(
                    written,
                    () -> {
                      throw error;
                    }))
        .isSameAs(error);

    assertThat(send.get()).hasCause(error);
  }

  @Test
  void theServerIsNotToldOfTheEndWhileACallIsUnderWay() throws Exception {
    CountDownLatch isEnding = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    AtomicInteger runs = new AtomicInteger();
    Thread ending =
        start(
            () ->
                output.whenReady(
                    () -> {
                      isEnding.countDown();
                      awaitQuietly(gate);
                      runs.incrementAndGet();
                    }));
    isEnding.await();
    Thread server = start(() -> output.fail(new IOException("reset")));
    awaitWaiting(server);
    gate.countDown();
    server.join();
    assertThat(runs).hasValue(1);
    ending.join();
  }

  private static void awaitQuietly(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void anActionRunsAtOnceOrWhenTheClientHasTakenWhatWasWritten() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    output.whenReady(runs::incrementAndGet);
    assertThat(runs).hasValue(1);

    Thread[] writer = new Thread[1];
    FutureTask<IOException> send = send(writer);
    awaitWaiting(writer[0]);
    writer[0].interrupt();
    assertThat(send.get()).isNotNull();
    isServerReady = false;
    ready();
    output.whenReady(runs::incrementAndGet);
    assertThat(runs).hasValue(1);
    isServerReady = true;
    ready();
    assertThat(runs).hasValue(2);
  }

  @Test
  void anActionDoesNotRunWhereTheServerEndsTheResponseItself() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    Thread[] writer = new Thread[1];
    FutureTask<IOException> send = send(writer);
    awaitWaiting(writer[0]);
    output.whenReady(runs::incrementAndGet);
    output.fail(new IOException("reset"));
    ready();
    output.whenReady(runs::incrementAndGet);

    assertThat(send.get()).isNotNull();
    assertThat(runs).hasValue(0);
  }
}
