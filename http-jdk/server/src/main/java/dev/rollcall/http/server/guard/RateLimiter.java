package dev.rollcall.http.server.guard;

import dev.rollcall.http.server.address.ClientAddress;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.request.RequestKind;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * Limits the rate of each client address by the generic cell rate algorithm (GCRA, ITU-T
 * Recommendation I.371, annex A), in memory that never grows: addresses are spread over a fixed
 * number of cells, by a seed that nobody outside can know.
 *
 * <p>A cell is one number, the theoretical arrival time: when its allowance will be whole again. A
 * request moves it on by the time between two requests at the rate, and is refused if it is then
 * further off than a whole burst takes.
 */
public final class RateLimiter implements Guard {
  private static final int CELLS = 1 << 16;

  /** What a host gets of IPv6 is a network of this many bytes, any address of which it may use. */
  private static final int IPV6_NETWORK_BYTES = 8;

  private final AtomicLongArray arrivalNanos = new AtomicLongArray(CELLS);
  private final int seed = ThreadLocalRandom.current().nextInt();
  private final long intervalNanos;
  private final long burstNanos;
  private final LongSupplier nanoTime;
  private final long startNanos;
  private final ClientAddress addresses;

  public RateLimiter(int ratePerSecond, int burst, LongSupplier nanoTime, ClientAddress addresses) {
    this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / ratePerSecond;
    this.burstNanos = intervalNanos * burst;
    this.nanoTime = nanoTime;
    this.startNanos = nanoTime.getAsLong();
    this.addresses = addresses;
  }

  @Override
  public void check(Request request) {
    if (request.endpoint().kind() == RequestKind.PROBE) {
      return;
    }
    long wait = nanosUntilAllowed(addresses.of(request.exchange()));
    if (wait > 0) {
      long seconds = TimeUnit.NANOSECONDS.toSeconds(wait - 1) + 1;
      throw new ProblemException(Problem.tooManyRequests(seconds));
    }
  }

  /**
   * Counts a request; returns 0 if it is within the rate, otherwise how long to wait, in
   * nanoseconds.
   */
  public long nanosUntilAllowed(InetAddress client) {
    int cell = cellOf(client);
    long now = nanoTime.getAsLong() - startNanos;
    while (true) {
      long before = arrivalNanos.get(cell);
      long after = Math.max(before, now) + intervalNanos;
      if (after - now > burstNanos) {
        return after - now - burstNanos;
      }
      if (arrivalNanos.compareAndSet(cell, before, after)) {
        return 0;
      }
    }
  }

  private int cellOf(InetAddress client) {
    byte[] address = client.getAddress();
    if (address.length > IPV6_NETWORK_BYTES) {
      address = Arrays.copyOf(address, IPV6_NETWORK_BYTES);
    }
    int hash = seed;
    for (byte part : address) {
      hash = (hash ^ part) * 0x0100_0193;
    }
    return (hash ^ hash >>> 16) & CELLS - 1;
  }
}
