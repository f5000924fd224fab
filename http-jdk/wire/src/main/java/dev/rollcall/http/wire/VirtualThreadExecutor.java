package dev.rollcall.http.wire;

import java.lang.reflect.InvocationTargetException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Creates executors of virtual threads, by reflection, since this is compiled for Java 17. */
public final class VirtualThreadExecutor {
  private VirtualThreadExecutor() {}

  /**
   * Creates an executor that runs each task on a new virtual thread.
   *
   * @return the executor, the caller's to close; empty if the JVM has no virtual threads, before 21
   */
  public static Optional<ExecutorService> create() {
    try {
      return Optional.of(
          (ExecutorService)
              Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null));
    } catch (NoSuchMethodException e) {
      return Optional.empty();
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("unexpected", e);
    }
  }
}
