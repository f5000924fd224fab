package dev.rollcall.http.server.spi;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WaitingOutputTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final CountDownLatch asked = new CountDownLatch(1);
  private volatile boolean isServerReady = true;
  private final WaitingOutput output = new WaitingOutput(written, this::isServerReady);

  private boolean isServerReady() {
    boolean isReady = isServerReady;
    asked.countDown();
    return isReady;
  }

  /** Writes a byte on a thread of its own; returns what comes of it: null, or what was thrown. */
  private FutureTask<IOException> write(Thread[] writer) {
    FutureTask<IOException> task =
        new FutureTask<>(
            () -> {
              try {
                output.write('x');
                return null;
              } catch (IOException e) {
                return e;
              }
            });
    writer[0] = new Thread(task);
    writer[0].setDaemon(true);
    writer[0].start();
    return task;
  }

  private void awaitWaiting(Thread writer) {
    while (writer.getState() != Thread.State.WAITING) {
      assertThat(writer.isAlive()).as("it waits").isTrue();
    }
  }

  @Test
  void aWriteWaitsUntilTheServerIsReadyAtFirst() throws Exception {
    Thread[] writer = new Thread[1];
    FutureTask<IOException> write = write(writer);
    awaitWaiting(writer[0]);
    assertThat(written.size()).isZero();

    output.ready();

    assertThat(write.get()).isNull();
    assertThat(written.toString(US_ASCII)).isEqualTo("x");
  }

  @Test
  void aWriteWaitsWhileTheClientTakesNothing() throws Exception {
    output.ready();
    output.write('a');
    isServerReady = false;
    Thread[] writer = new Thread[1];
    FutureTask<IOException> write = write(writer);
    awaitWaiting(writer[0]);
    isServerReady = true;
    output.ready();

    assertThat(write.get()).isNull();
    output.flush();
    assertThat(written.toString(US_ASCII)).isEqualTo("ax");
  }

  @Test
  void anInterruptEndsAWait() throws Exception {
    Thread[] writer = new Thread[1];
    FutureTask<IOException> write = write(writer);
    awaitWaiting(writer[0]);

    writer[0].interrupt();

    assertThat(write.get()).isInstanceOf(InterruptedIOException.class);
    assertThat(written.size()).isZero();
  }

  @Test
  void aClientThatIsGoneEndsAWaitAndEachLaterWrite() throws Exception {
    Thread[] writer = new Thread[1];
    FutureTask<IOException> write = write(writer);
    awaitWaiting(writer[0]);
    IOException cause = new IOException("reset");

    output.fail(cause);

    assertThat(write.get()).hasCause(cause);
    output.ready();
    assertThatThrownBy(() -> output.write('y')).hasCause(cause);
    assertThatThrownBy(output::flush).hasCause(cause);
    assertThat(written.size()).isZero();
  }

  @Test
  void anActionDoesNotRunWhereTheServerEndsTheResponseItself() {
    AtomicInteger runs = new AtomicInteger();
    output.whenReady(runs::incrementAndGet);
    output.fail(new IOException("reset"));
    output.ready();
    output.whenReady(runs::incrementAndGet);

    WaitingOutput recycled =
        new WaitingOutput(
            written,
            () -> {
              throw new IllegalStateException("recycled");
            });
    recycled.ready();
    recycled.whenReady(runs::incrementAndGet);
    assertThatThrownBy(() -> recycled.write('x')).isInstanceOf(IOException.class);

    assertThat(runs).hasValue(0);
  }

  @Test
  void theServerIsNotToldOfTheEndWhileACallOfItsOutputIsUnderWay() throws Exception {
    CountDownLatch isWriting = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    OutputStream slow =
        new OutputStream() {
          @Override
          public void write(int b) {
            isWriting.countDown();
            awaitQuietly(gate);
            written.write(b);
          }
        };
    WaitingOutput guarded = new WaitingOutput(slow, () -> true);
    guarded.ready();
    Thread writer =
        start(() -> assertThatCode(() -> guarded.write('x')).doesNotThrowAnyException());
    isWriting.await();
    Thread container = start(() -> guarded.fail(new IOException("reset")));
    awaitWaiting(container);
    assertThat(written.size()).isZero();
    gate.countDown();
    container.join();
    assertThat(written.size()).isEqualTo(1);
    writer.join();
    assertThatThrownBy(() -> guarded.write('y')).isInstanceOf(IOException.class);
    assertThat(written.size()).isEqualTo(1);
  }

  private static Thread start(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void awaitQuietly(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void anActionRunsAtOnceOrOnceTheServerIsReady() throws InterruptedException {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(1);
    output.whenReady(first::countDown);
    assertThat(first.getCount()).isEqualTo(1);
    output.ready();
    assertThat(first.await(0, TimeUnit.SECONDS)).isTrue();

    output.whenReady(second::countDown);
    assertThat(second.await(0, TimeUnit.SECONDS)).isTrue();
    output.ready();
    output.fail(new IOException());
  }
}
