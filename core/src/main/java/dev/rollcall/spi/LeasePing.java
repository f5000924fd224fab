package dev.rollcall.spi;

import dev.rollcall.Fence;
import java.util.Objects;

/**
 * One ping of several that are sent together: which service, and which holder of its id.
 *
 * <p>Immutable.
 *
 * @param id the service's id
 * @param fence which holder of the id may do so
 * @see AsyncRegistry#pingAllAsync
 */
public record LeasePing(String id, Fence fence) {

  /**
   * Creates a ping.
   *
   * @param id the service's id
   * @param fence which holder of the id may do so
   */
  public LeasePing {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(fence, "fence");
  }
}
