package dev.rollcall.http.server.response;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.http.server.memory.MemoryBudget;
import dev.rollcall.http.server.memory.SlowClientMonitor;
import dev.rollcall.http.server.problem.ProblemException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The bodies of answers: what they hold, and who shares them. */
@Timeout(30)
class ResponseBodyTest {
  private static final int MEGABYTE = 1 << 20;

  private final MemoryBudget budget =
      new MemoryBudget(MEGABYTE, new SlowClientMonitor(8 << 10, System::nanoTime));

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (i * 31);
    }
    return bytes;
  }

  private static byte[] written(ResponseBody content) throws IOException {
    var out = new ByteArrayOutputStream();
    content.writeTo(out);
    return out.toByteArray();
  }

  @Test
  void whatEverItsLengthItIsWhatWasEncodedAndIsGivenBack() throws IOException {
    for (int length :
        List.of(0, 1, 1_023, 1_024, 1_025, 17_408, 17_409, 500_000, 600_000, 3_000_000)) {
      byte[] expected = bytes(length);
      ResponseBody content = ResponseEncoder.encode(budget, out -> out.write(expected));

      assertThat(content.length()).isEqualTo(length);
      assertThat(written(content)).as("%s bytes", length).isEqualTo(expected);
      assertThat(budget.heldBytes()).isLessThanOrEqualTo(MEGABYTE / 2);
      content.release();
      assertThat(budget.heldBytes()).isZero();
    }
  }

  @Test
  void whatFindsNoRoomOrFailsHoldsNothing() {
    budget.take(MEGABYTE - 100_000);
    assertThatThrownBy(() -> ResponseEncoder.encode(budget, out -> out.write(bytes(200_000))))
        .isInstanceOf(ProblemException.class);
    assertThatThrownBy(
            () ->
                ResponseEncoder.encode(
                    budget,
                    out -> {
                      out.write(bytes(50_000));
                      throw new OutOfMemoryError("a test's own");
                    }))
        .isInstanceOf(OutOfMemoryError.class);

    assertThat(budget.heldBytes()).isEqualTo(MEGABYTE - 100_000);
  }

  @Test
  void whoComesWhileItIsMadeSharesTheNextAndItIsHeldUntilAllHaveReleasedIt() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    AtomicInteger made = new AtomicInteger();
    var flight =
        new SingleFlight<ResponseBody>(
            () -> {
              int number = made.incrementAndGet();
              if (number == 1) {
                entered.countDown();
                awaitUninterruptibly(mayEnd);
              }
              return ResponseEncoder.encode(budget, out -> out.write(bytes(10_000 + number)));
            },
            ResponseBody::release);
    var first = async(flight);
    entered.await();
    List<CompletableFuture<ResponseBody>> later = new ArrayList<>();
    AtomicInteger asking = new AtomicInteger();
    for (int i = 0; i < 8; i++) {
      later.add(
          CompletableFuture.supplyAsync(
              () -> {
                asking.incrementAndGet();
                return flight.use(ResponseBody::hold);
              },
              task -> new Thread(task).start()));
    }
    while (asking.get() < 8) {
      Thread.onSpinWait();
    }
    mayEnd.countDown();

    assertThat(first.join().length()).isEqualTo(10_001);
    assertThat(later).allMatch(each -> each.join().length() > 10_001);
    first.join().release();
    for (CompletableFuture<ResponseBody> each : later) {
      assertThat(budget.heldBytes()).isPositive();
      each.join().release();
    }
    assertThat(budget.heldBytes()).isZero();
  }

  @Test
  void whatFailsFailsForAllWhoShareItAndIsMadeAnewForTheNext() {
    AtomicInteger made = new AtomicInteger();
    var flight =
        new SingleFlight<ResponseBody>(
            () -> {
              if (made.incrementAndGet() == 1) {
                throw new OutOfMemoryError("a test's own");
              }
              return ResponseBody.of("x".getBytes(ISO_8859_1));
            },
            ResponseBody::release);

    assertThatThrownBy(() -> flight.use(ResponseBody::hold)).isInstanceOf(OutOfMemoryError.class);
    assertThat(flight.use(ResponseBody::length)).isEqualTo(1);
  }

  private static CompletableFuture<ResponseBody> async(SingleFlight<ResponseBody> flight) {
    return CompletableFuture.supplyAsync(
        () -> flight.use(ResponseBody::hold), task -> new Thread(task).start());
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
