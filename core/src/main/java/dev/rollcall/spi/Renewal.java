package dev.rollcall.spi;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@linkplain TtlStore#renew renewal} that is asked for beside others, and what came of it.
 *
 * <p>For use by one thread at a time.
 */
public final class Renewal {
  private final String id;
  private final Fence fence;
  private final long sinceNanos;
  private @Nullable Supplier<Optional<Lease>> outcome;

  /**
   * Makes one of which nothing has come yet.
   *
   * @param id the id
   * @param fence which holder of the id may renew its lease
   * @param sinceNanos when it was asked for, by {@link System#nanoTime}: a store's timeout counts
   *     from then
   */
  public Renewal(String id, Fence fence, long sinceNanos) {
    this.id = Objects.requireNonNull(id, "id");
    this.fence = Objects.requireNonNull(fence, "fence");
    this.sinceNanos = sinceNanos;
  }

  /**
   * Returns whose lease is to be renewed.
   *
   * @return the id
   */
  public String id() {
    return id;
  }

  /**
   * Returns which holder of the id may do so.
   *
   * @return the fence
   */
  public Fence fence() {
    return fence;
  }

  /**
   * Returns when it was asked for.
   *
   * @return a time of {@link System#nanoTime}
   */
  public long sinceNanos() {
    return sinceNanos;
  }

  /**
   * Keeps what comes of it, in place of what may have come of it before.
   *
   * @param renewed is called once, now; it returns or throws as {@link TtlStore#renew} does
   */
  public void settle(Supplier<Optional<Lease>> renewed) {
    try {
      Optional<Lease> lease = renewed.get();
      outcome = () -> lease;
    } catch (RuntimeException e) {
      outcome =
          () -> {
            throw e;
          };
    }
  }

  /**
   * Returns or throws what came of it, as {@link TtlStore#renew} does.
   *
   * @return the lease, or empty if the id was not alive
   * @throws IllegalStateException if nothing came of it yet, too
   */
  public Optional<Lease> lease() {
    if (outcome == null) {
      throw new IllegalStateException("the renewal of '" + id + "' was not settled");
    }
    return outcome.get();
  }
}
