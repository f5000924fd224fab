package dev.rollcall.http.server.response;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Produces something once for all requests that wait for it. A request that arrives while one is
 * produced or used shares the next, so that nobody gets what is older than the request, and there
 * is only one at a time.
 */
public final class SingleFlight<T> {
  private final Supplier<T> source;
  private final Consumer<T> release;
  private final Semaphore making = new Semaphore(1);
  private final Object joining = new Object();
  private Flight<T> next = new Flight<>();

  /** One making, which those who come until it starts share. Nothing is allocated to end it. */
  private static final class Flight<T> {
    private final AtomicInteger users = new AtomicInteger();
    private int sharers;
    private @Nullable Flight<T> following;
    private @Nullable T made;
    private @Nullable Throwable failure;

    synchronized void end(@Nullable T content, @Nullable Throwable thrown) {
      made = content;
      failure = thrown;
      notifyAll();
    }

    synchronized T await() {
      boolean interrupted = false;
      while (made == null && failure == null) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true; // It takes no longer than a list, and the place must be released.
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (failure instanceof RuntimeException e) {
        throw e;
      }
      if (failure instanceof Error e) {
        throw e;
      }
      if (made == null) {
        throw new IllegalStateException(failure);
      }
      return made;
    }
  }

  /**
   * Creates it.
   *
   * @param source makes it anew
   * @param release is called when the last of those who share it has used it
   */
  public SingleFlight(Supplier<T> source, Consumer<T> release) {
    this.source = source;
    this.release = release;
  }

  /**
   * Uses it as it is now or will be in a moment, on this thread. Blocks while it is made, and while
   * the one before is made and used.
   *
   * @param use may run at the same time as those of the others who share it, and must not block
   * @return what the use returns
   */
  public <R> R use(Function<? super T, R> use) {
    Flight<T> flight;
    boolean isFirst;
    synchronized (joining) {
      flight = next;
      isFirst = flight.sharers == 0;
      if (isFirst) {
        flight.following = new Flight<>();
      }
      flight.sharers++;
    }
    if (isFirst) {
      makeFor(flight);
    }
    T made = flight.await();
    try {
      return use.apply(made);
    } finally {
      if (flight.users.decrementAndGet() == 0) {
        end(made);
      }
    }
  }

  private void end(T made) {
    try {
      release.accept(made);
    } finally {
      making.release();
    }
  }

  private void makeFor(Flight<T> flight) {
    boolean isTaken = false;
    boolean isMade = false;
    try {
      making.acquireUninterruptibly();
      isTaken = true;
      flight.users.set(depart(flight));
      T content = source.get();
      flight.end(content, null);
      isMade = true;
    } catch (Throwable e) { // Whatever it is, those who wait must learn of it, and no other joins.
      depart(flight);
      flight.end(null, e);
    } finally {
      if (isTaken && !isMade) {
        making.release();
      }
    }
  }

  /** Lets nobody else share a flight, and returns how many do. */
  private int depart(Flight<T> flight) {
    synchronized (joining) {
      if (next == flight && flight.following != null) {
        next = flight.following;
      }
      return flight.sharers;
    }
  }
}
