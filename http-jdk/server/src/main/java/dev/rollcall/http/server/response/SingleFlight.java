package dev.rollcall.http.server.response;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Produces a response body once for all requests that wait for it. A request that arrives while one
 * is produced shares the next, so that nobody gets a body that is older than the request.
 */
public final class SingleFlight {
  private final Supplier<ResponseBody> source;
  private final ReentrantLock making = new ReentrantLock();
  private final Object joining = new Object();
  private Flight next = new Flight();

  /** One making, which those who come until it starts share. Nothing is allocated to end it. */
  private static final class Flight {
    private int sharers;
    private @Nullable Flight following;
    private @Nullable ResponseBody made;
    private @Nullable Throwable failure;

    synchronized void end(@Nullable ResponseBody content, @Nullable Throwable thrown) {
      made = content;
      failure = thrown;
      notifyAll();
    }

    synchronized ResponseBody await() {
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
   */
  public SingleFlight(Supplier<ResponseBody> source) {
    this.source = source;
  }

  /**
   * Returns it as it is now or will be in a moment, for the caller to {@linkplain
   * ResponseBody#release release}. Blocks while it is made, and while the one before is.
   */
  public ResponseBody get() {
    Flight flight;
    boolean isFirst;
    synchronized (joining) {
      flight = next;
      isFirst = flight.sharers == 0;
      if (isFirst) {
        flight.following = new Flight();
      }
      flight.sharers++;
    }
    if (isFirst) {
      makeFor(flight);
    }
    return flight.await();
  }

  private void makeFor(Flight flight) {
    boolean isLocked = false;
    try {
      making.lock();
      isLocked = true;
      int sharers = depart(flight);
      ResponseBody content = source.get();
      content.holdBy(sharers);
      flight.end(content, null);
    } catch (Throwable e) { // Whatever it is, those who wait must learn of it, and no other joins.
      depart(flight);
      flight.end(null, e);
    } finally {
      if (isLocked) {
        making.unlock();
      }
    }
  }

  /** Lets nobody else share a flight, and returns how many do. */
  private int depart(Flight flight) {
    synchronized (joining) {
      if (next == flight && flight.following != null) {
        next = flight.following;
      }
      return flight.sharers;
    }
  }
}
