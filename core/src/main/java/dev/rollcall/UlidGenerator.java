package dev.rollcall;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes {@linkplain Ulid ULIDs}, each greater than the one before, that nobody can guess.
 *
 * <p>A new millisecond draws 80 random bits. Within a millisecond, or while the clock stands or
 * steps back, the next id is the last plus a random step of 64 bits; the specification's step of
 * one would let the owner of an id guess its neighbour's. Should the 80 bits run over, the id's
 * time moves one millisecond ahead of the clock.
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
   * Makes a generator with a {@link SecureRandom} of its own.
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
   * Makes the next ULID.
   *
   * @return one that is greater than all before
   */
  public Ulid next() {
    lock.lock();
    try {
      long now = wallClock.millis();
      if (now > lastHigh >>> RANDOM_BITS_IN_HIGH) {
        lastHigh = (now << RANDOM_BITS_IN_HIGH) | (random.nextLong() & RANDOM_MASK_OF_HIGH);
        lastLow = random.nextLong();
      } else {
        stepOn();
      }
      return new Ulid(lastHigh, lastLow);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds 1 to 2^64 - 1, as unsigned numbers; a carry runs through the random bits into the time.
   */
  private void stepOn() {
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
