package dev.rollcall.store.valkey;

import dev.rollcall.Fence;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.store.valkey.pipeline.Script;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Records in the histories that calls were refused, while nobody waits for it: a refused call takes
 * no longer, and fails in no other way, whatever happens to the record.
 *
 * <p>Safe for use by any number of threads.
 */
final class RefusalRecorder {
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  /** How many records may be under way; others are lost meanwhile. */
  private static final int MAX_UNDER_WAY = 100;

  private final CommandRouter router;
  private final ValkeyHistory history;
  private final LongSupplier nanoTime;
  private final RefusalThrottle throttle = new RefusalThrottle();
  private final Semaphore free = new Semaphore(MAX_UNDER_WAY);

  RefusalRecorder(CommandRouter router, ValkeyHistory history, LongSupplier nanoTime) {
    this.router = router;
    this.history = history;
    this.nanoTime = nanoTime;
  }

  /**
   * Takes note of a call that was refused. Does not block, and throws nothing.
   *
   * @param fence what the call named as its lease
   * @param client who asked for it, or null
   */
  void refused(String id, ServiceEvent.Call call, Fence fence, @Nullable String client) {
    if (!history.isKept() || !free.tryAcquire()) {
      return;
    }
    boolean isUnderWay = false;
    @Nullable Place place = null;
    try {
      place = new Place();
      Optional<RefusalThrottle.Due> due = throttle.refused(id, nanoTime.getAsLong());
      if (due.isPresent()) {
        byte[][] operands = history.refusal(id, due.get(), call, fence, client);
        var sent =
            router.runAsync(Script.REFUSED, id, "recorded", TIMEOUT, reply -> true, operands);
        var unused = sent.whenComplete(place);
        isUnderWay = true;
      }
    } catch (RuntimeException | OutOfMemoryError e) {
      // The call is refused nevertheless.
    } finally {
      if (place == null) {
        free.release();
      } else if (!isUnderWay) {
        place.accept(null, null);
      }
    }
  }

  /** One of the places, which is given back once, whoever does it first. */
  private final class Place implements BiConsumer<@Nullable Object, @Nullable Throwable> {
    private final AtomicBoolean isFree = new AtomicBoolean();

    @Override
    public void accept(@Nullable Object recorded, @Nullable Throwable failure) {
      if (isFree.compareAndSet(false, true)) {
        free.release();
      }
    }
  }
}
