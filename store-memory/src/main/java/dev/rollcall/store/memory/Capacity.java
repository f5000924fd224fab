package dev.rollcall.store.memory;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many services, and how many bytes of heap for them, the store may hold, and how many it holds
 * now.
 *
 * <p>Nothing here allocates, so no count is lost to an {@link OutOfMemoryError}.
 */
final class Capacity {
  private final int maxServices;
  private final AtomicInteger services = new AtomicInteger();
  private final ByteBudget bytes;

  Capacity(int maxServices, long maxBytes) {
    this.maxServices = maxServices;
    this.bytes = new ByteBudget(maxBytes);
  }

  boolean tryAddService() {
    int before = services.get();
    while (before < maxServices) {
      if (services.compareAndSet(before, before + 1)) {
        return true;
      }
      before = services.get();
    }
    return false;
  }

  void removeService() {
    services.decrementAndGet();
  }

  /** Adds bytes if there is room for them. A change of zero or less always succeeds. */
  boolean tryAddBytes(long change) {
    return bytes.tryAdd(change);
  }

  void removeBytes(long count) {
    bytes.remove(count);
  }

  int services() {
    return services.get();
  }

  long bytes() {
    return bytes.bytes();
  }

  long maxBytes() {
    return bytes.maxBytes();
  }

  String fullOfServices(String id) {
    return notRegistered(id)
        + "the store holds its maximum of "
        + maxServices
        + " services; deregister some, or raise max-services";
  }

  String fullOfBytes(String id, long needed) {
    return notRegistered(id)
        + "it takes "
        + needed
        + " bytes of heap, and the store holds "
        + bytes()
        + " of its maximum of "
        + maxBytes()
        + "; deregister services, register less info, or raise max-bytes";
  }

  private static String notRegistered(String id) {
    return "'" + id + "' was not registered: ";
  }
}
