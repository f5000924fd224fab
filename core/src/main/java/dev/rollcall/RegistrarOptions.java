package dev.rollcall;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How a registrar behaves, the half of {@link RegistrarBuilder} that does not say what is
 * registered where.
 *
 * @param <B> the builder
 */
abstract sealed class RegistrarOptions<B extends RegistrarOptions<B>> permits RegistrarBuilder {
  private static final Duration MAX_WAIT = Duration.ofDays(1);
  private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
  private static final Duration MAX_TIMEOUT = Duration.ofHours(1);
  private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);
  private static final Duration DEFAULT_RETRY_DELAY = Duration.ofSeconds(2);
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration DEFAULT_START_TIMEOUT = Duration.ofSeconds(5);

  /** One for all; each thread has its own sequence. */
  private static final RandomGenerator JITTER = () -> ThreadLocalRandom.current().nextLong();

  boolean enableKeepalive = true;
  Duration keepaliveInterval = DEFAULT_INTERVAL;
  boolean autoDeregister = true;
  int maxRetries = 5;
  Duration retryDelay = DEFAULT_RETRY_DELAY;
  boolean failOnError;
  Duration startTimeout = DEFAULT_START_TIMEOUT;
  Duration timeout = DEFAULT_TIMEOUT;
  boolean timeoutIsSet;
  @Nullable BooleanSupplier registerWhen;
  boolean shutdownHook = true;
  @Nullable RegistrarListener listener;
  @Nullable Keepalive keepalive;
  @Nullable ScheduledExecutorService executor;
  @Nullable LongSupplier clock;
  RandomGenerator random = JITTER;

  /** Returns this. */
  abstract B self();

  /**
   * Sets whether it pings. Default: true. Without pings the service is gone when its lease ends.
   *
   * @param enableKeepalive whether to ping
   * @return this
   */
  public B enableKeepalive(boolean enableKeepalive) {
    this.enableKeepalive = enableKeepalive;
    return self();
  }

  /**
   * Sets how long after a ping the next one follows. Default: 10 seconds, a third of the usual
   * lease.
   *
   * <p>Where the registry answers with a lease so short that two pings in a row could not be lost,
   * a third of the lease is used instead, and a warning logged.
   *
   * @param keepaliveInterval more than zero, at most a day, and less than the {@code ttl} if one is
   *     asked for
   * @return this
   * @throws IllegalArgumentException if it is not so
   */
  public B keepaliveInterval(Duration keepaliveInterval) {
    this.keepaliveInterval = wait("keepaliveInterval", keepaliveInterval);
    return self();
  }

  /**
   * Sets whether {@link Registrar#close()} deregisters the service. Default: true.
   *
   * @param autoDeregister whether to deregister
   * @return this
   */
  public B autoDeregister(boolean autoDeregister) {
    this.autoDeregister = autoDeregister;
    return self();
  }

  /**
   * Sets how often {@link Registrar#start()} tries before it returns, or throws. Default: 5. It
   * tries less often if its {@link #startTimeout(Duration)} is over before.
   *
   * @param maxRetries 1 or more
   * @return this
   * @throws IllegalArgumentException if it is less than 1
   */
  public B maxRetries(int maxRetries) {
    if (maxRetries < 1) {
      throw new IllegalArgumentException("maxRetries is 1 or more, not " + maxRetries);
    }
    this.maxRetries = maxRetries;
    return self();
  }

  /**
   * Sets how long after a failed try of {@link Registrar#start()} the next one follows. Default: 2
   * seconds. Tries in the background back off, up to four fifths of the interval.
   *
   * @param retryDelay more than zero, at most a day
   * @return this
   * @throws IllegalArgumentException if it is not so
   */
  public B retryDelay(Duration retryDelay) {
    this.retryDelay = wait("retryDelay", retryDelay);
    return self();
  }

  /**
   * Sets whether {@link Registrar#start()} throws when its tries have failed, or its {@link
   * #startTimeout(Duration)} is over. Default: false, it goes on in the background.
   *
   * @param failOnError whether to throw
   * @return this
   */
  public B failOnError(boolean failOnError) {
    this.failOnError = failOnError;
    return self();
  }

  /**
   * Sets how long {@link Registrar#start()} may take as a whole, whatever its tries take. Default:
   * 5 seconds. Then it returns and goes on in the background, or throws with {@link
   * #failOnError(boolean)}.
   *
   * @param startTimeout more than zero, at most a day
   * @return this
   * @throws IllegalArgumentException if it is not so
   */
  public B startTimeout(Duration startTimeout) {
    this.startTimeout = wait("startTimeout", startTimeout);
    return self();
  }

  /**
   * Sets how long a call of the registry may take, and {@link Registrar#close()}. Default: 10
   * seconds.
   *
   * <p>A ping gets less where one that hangs could cost the lease: a quarter of what is left of it
   * when the ping falls due, so that two more tries fit; 5 seconds with the other defaults. A
   * warning says so if the timeout was set here. A registry that blocks goes by its own timeout.
   *
   * @param timeout 1 millisecond to 1 hour
   * @return this
   * @throws IllegalArgumentException if it is not so
   */
  public B timeout(Duration timeout) {
    if (timeout.compareTo(MIN_TIMEOUT) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new IllegalArgumentException("timeout is 1 ms to 1 h, not " + timeout);
    }
    this.timeout = timeout;
    this.timeoutIsSet = true;
    return self();
  }

  /**
   * Sets what says whether the service is ready; nothing is registered before it does. Default:
   * none, the service is ready at once. It is asked as often as {@link Registrar#start()} tries,
   * and then on in the background, until it says so once; what it throws counts as no. So does no
   * answer within the {@link #timeout(Duration)}; until it comes, the check is not called again.
   *
   * @param registerWhen may block, but should answer soon
   * @return this
   */
  public B registerWhen(BooleanSupplier registerWhen) {
    this.registerWhen = Objects.requireNonNull(registerWhen, "registerWhen");
    return self();
  }

  /**
   * Sets whether the registrar closes itself when the JVM shuts down. Default: true.
   *
   * @param shutdownHook whether to
   * @return this
   */
  public B shutdownHook(boolean shutdownHook) {
    this.shutdownHook = shutdownHook;
    return self();
  }

  /**
   * Sets who hears of each change of state. Default: nobody.
   *
   * @param listener may block and throw
   * @return this
   */
  public B listener(RegistrarListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return self();
  }

  /**
   * Sets the keepalive, which many registrars may share. Default: one of its own.
   *
   * @param keepalive stays the caller's to close, after the registrar
   * @return this
   */
  public B keepalive(Keepalive keepalive) {
    this.keepalive = Objects.requireNonNull(keepalive, "keepalive");
    return self();
  }

  /**
   * Sets the executor that does all that takes time, in place of threads of its own; see {@link
   * Keepalive#on(ScheduledExecutorService)}.
   *
   * @param executor stays the caller's to shut down, after the registrar is closed
   * @return this
   */
  public B executor(ScheduledExecutorService executor) {
    this.executor = Objects.requireNonNull(executor, "executor");
    return self();
  }

  /**
   * Sets the clock that the executor goes by. Default: the system's.
   *
   * @param clock tells the time as {@link System#nanoTime} does
   * @return this
   */
  public B clock(LongSupplier clock) {
    this.clock = Objects.requireNonNull(clock, "clock");
    return self();
  }

  /** Sets what spreads the pings and the tries. */
  B random(RandomGenerator random) {
    this.random = random;
    return self();
  }

  private static Duration wait(String name, Duration duration) {
    if (duration.isNegative() || duration.isZero() || duration.compareTo(MAX_WAIT) > 0) {
      throw new IllegalArgumentException(
          name + " is more than zero and at most a day, not " + duration);
    }
    return duration;
  }
}
