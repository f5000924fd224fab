package dev.rollcall;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Generates {@linkplain Ulid ULIDs} that nobody can guess, each greater than the one before.
 *
 * <p>In each new millisecond it draws 80 random bits. Within a millisecond, or while the clock
 * stands still or steps back, the next id is the last one plus a random 64-bit step; with the
 * specification's step of one, the owner of an id could guess its neighbour. If the 80 bits
 * overflow, the id's time moves one millisecond ahead of the clock.
 *
 * <p>Safe for use by any number of threads.
 */
public final class UlidGenerator {
  private static final int RANDOM_BITS_IN_HIGH = 16;
  private static final long RANDOM_MASK_OF_HIGH = (1L << RANDOM_BITS_IN_HIGH) - 1;

  private final ReentrantLock lock = new ReentrantLock();
  private final InstantSource wallClock;
  private final Random random;
  private long lastHigh;
  private long lastLow;

  /**
   * Creates a generator with a {@link SecureRandom} of its own.
   *
   * @param wallClock tells the time
   */
  public UlidGenerator(InstantSource wallClock) {
    this(wallClock, new SecureRandom());
  }

  UlidGenerator(InstantSource wallClock, Random random) {
    this.wallClock = Objects.requireNonNull(wallClock, "wallClock");
    this.random = random;
  }

  /**
   * Generates the next ULID.
   *
   * @return a ULID that is greater than all before it
   */
  public Ulid next() {
    lock.lock();
    try {
      long now = wallClock.millis();
      if (now > lastHigh >>> RANDOM_BITS_IN_HIGH) {
        lastHigh = (now << RANDOM_BITS_IN_HIGH) | (random.nextLong() & RANDOM_MASK_OF_HIGH);
        lastLow = random.nextLong();
      } else {
        increment();
      }
      return new Ulid(lastHigh, lastLow);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds 1 to 2^64 - 1, as unsigned numbers; a carry runs through the random bits into the time.
   */
  private void increment() {
    long step;
    do {
      step = random.nextLong();
    } while (step == 0);
    lastLow += step;
    if (Long.compareUnsigned(lastLow, step) < 0) {
      lastHigh++;
    }
  }
}
