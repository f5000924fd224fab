package dev.rollcall;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which registration of an id may act on it: any, or the one that got a certain lease id.
 *
 * <p>Immutable.
 */
public final class Fence {
  private static final Fence NONE = new Fence(null);

  private final @Nullable String leaseId;

  private Fence(@Nullable String leaseId) {
    this.leaseId = leaseId;
  }

  /**
   * Returns the fence that admits every holder.
   *
   * @return no fence
   */
  public static Fence none() {
    return NONE;
  }

  /**
   * Returns the fence that admits one holder.
   *
   * @param leaseId what the caller takes for its lease id; any text
   * @return the fence
   */
  public static Fence of(String leaseId) {
    return new Fence(Objects.requireNonNull(leaseId, "leaseId"));
  }

  /**
   * Returns the lease id that the holder must have.
   *
   * @return the lease id, or empty if any will do
   */
  public Optional<String> leaseId() {
    return Optional.ofNullable(leaseId);
  }

  @Override
  public String toString() {
    return leaseId == null ? "Fence[none]" : "Fence[" + leaseId + "]";
  }
}
