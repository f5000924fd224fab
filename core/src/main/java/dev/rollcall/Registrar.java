package dev.rollcall;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one service registered: registers it, pings to keep its lease, registers it again if the
 * registry has lost it, and deregisters it when closed.
 *
 * <pre>{@code
 * Registration registration = Registration.of("http://my-service:8000").id("my-service").build();
 * try (Registrar registrar = Registrar.builder(registry, registration).build()) {
 *   registrar.start();
 *   serve();
 * }
 * }</pre>
 *
 * <p>It never gives up while it is open. A ping that fails is tried again sooner than the interval;
 * tries back off, and are spread at random so that services do not come all at once.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Registrar implements AutoCloseable {
  private final RegistrarLoop loop;

  private Registrar(Builder builder) {
    this.loop = new RegistrarLoop(builder);
  }

  /**
   * Starts a registrar.
   *
   * @param registry where to register; it stays the caller's to close, after the registrar
   * @param registration what to register
   * @return the builder
   */
  public static Builder builder(ServiceRegistry registry, Registration registration) {
    return new Builder(registry, registration);
  }

  /**
   * Registers the service and starts the pings.
   *
   * <p>Blocks until the service is registered, or until {@link Builder#maxRetries} tries have
   * failed. Those are logged, and it goes on trying in the background: a registry that is down does
   * not keep a service from starting. {@link #state()} and {@link #lastError()} tell. An interrupt
   * ends the wait alone; the flag stays set.
   *
   * @throws IllegalStateException if it was started before, or is closed
   */
  public void start() {
    CompletableFuture<Boolean> started = startInBackground();
    try {
      started.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("unexpected", e);
    }
  }

  /**
   * Registers the service and starts the pings, without blocking.
   *
   * @return completes when {@link #start()} would return, with whether the service is registered
   * @throws IllegalStateException if it was started before, or is closed
   */
  public CompletableFuture<Boolean> startInBackground() {
    return loop.start().copy();
  }

  /**
   * Returns where it stands.
   *
   * @return the state, as of the last answer of the registry
   */
  public RegistrarState state() {
    return loop.state();
  }

  /**
   * Returns the lease that it last got, which may have ended since; {@link #state()} tells.
   *
   * @return the lease, or empty if it has never been registered
   */
  public Optional<Lease> lease() {
    return loop.lease();
  }

  /**
   * Returns why the last call of the registry failed.
   *
   * @return the error, commonly a {@link RegistryException}, or empty if the last call succeeded
   */
  public Optional<RuntimeException> lastError() {
    return loop.lastError();
  }

  /**
   * Ends the pings and, with {@link Builder#autoDeregister}, deregisters the service, unless
   * another registration holds its id by now.
   *
   * <p>Idempotent. Blocks for as long as the registry's timeout allows a call that is under way,
   * and the deregistration; one that fails is logged, and the lease ends by itself. A registration
   * that is under way ends deregistered.
   */
  @Override
  public void close() {
    loop.close();
  }

  /** Collects the settings of a {@link Registrar}. Each setter checks its argument at once. */
  public static final class Builder {
    private static final Duration MAX_WAIT = Duration.ofDays(1);

    final ServiceRegistry registry;
    final Registration registration;
    boolean enableKeepalive = true;
    Duration keepaliveInterval = Duration.ofSeconds(10);
    boolean autoDeregister = true;
    int maxRetries = 5;
    Duration retryDelay = Duration.ofSeconds(2);
    @Nullable Keepalive keepalive;
    RandomGenerator random = RandomGenerator.getDefault();

    private Builder(ServiceRegistry registry, Registration registration) {
      this.registry = Objects.requireNonNull(registry, "registry");
      this.registration = Objects.requireNonNull(registration, "registration");
    }

    /**
     * Sets whether it pings. Default: true. Without pings the service is gone when its lease ends.
     *
     * @param enableKeepalive whether to ping
     * @return this
     */
    public Builder enableKeepalive(boolean enableKeepalive) {
      this.enableKeepalive = enableKeepalive;
      return this;
    }

    /**
     * Sets how long after a ping the next one follows. Default: 10 seconds, a third of the usual
     * lease.
     *
     * <p>Where the registry's lease is so short that two pings in a row could not be lost, a third
     * of the lease is used instead, and a warning logged.
     *
     * @param keepaliveInterval more than zero, at most a day, and less than the registration's ttl
     *     if it has one
     * @return this
     * @throws IllegalArgumentException if it is not so
     */
    public Builder keepaliveInterval(Duration keepaliveInterval) {
      this.keepaliveInterval = positive("keepaliveInterval", keepaliveInterval);
      registration
          .ttl()
          .filter(ttl -> keepaliveInterval.compareTo(ttl) >= 0)
          .ifPresent(
              ttl -> {
                throw new IllegalArgumentException(
                    "the keepaliveInterval must be shorter than the ttl of %s; it is %s"
                        .formatted(ttl, keepaliveInterval));
              });
      return this;
    }

    /**
     * Sets whether {@link Registrar#close()} deregisters the service. Default: true.
     *
     * @param autoDeregister whether to deregister
     * @return this
     */
    public Builder autoDeregister(boolean autoDeregister) {
      this.autoDeregister = autoDeregister;
      return this;
    }

    /**
     * Sets how often {@link Registrar#start()} tries before it returns. Default: 5.
     *
     * @param maxRetries 1 or more
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxRetries(int maxRetries) {
      if (maxRetries < 1) {
        throw new IllegalArgumentException("maxRetries is 1 or more, not " + maxRetries);
      }
      this.maxRetries = maxRetries;
      return this;
    }

    /**
     * Sets how long after a failed registration the next try follows, while {@link
     * Registrar#start()} waits. Default: 2 seconds. Later tries back off to the interval.
     *
     * @param retryDelay more than zero, at most a day
     * @return this
     * @throws IllegalArgumentException if it is not so
     */
    public Builder retryDelay(Duration retryDelay) {
      this.retryDelay = positive("retryDelay", retryDelay);
      return this;
    }

    /**
     * Sets the scheduler, which many registrars may share. Default: one of its own.
     *
     * @param keepalive stays the caller's to close, after the registrar
     * @return this
     */
    public Builder keepalive(Keepalive keepalive) {
      this.keepalive = Objects.requireNonNull(keepalive, "keepalive");
      return this;
    }

    /** Sets what spreads the pings and the tries. */
    Builder random(RandomGenerator random) {
      this.random = random;
      return this;
    }

    private static Duration positive(String name, Duration duration) {
      if (duration.isNegative() || duration.isZero() || duration.compareTo(MAX_WAIT) > 0) {
        throw new IllegalArgumentException(
            name + " is more than zero and at most a day, not " + duration);
      }
      return duration;
    }

    /**
     * Builds the registrar. Nothing is registered before {@link Registrar#start()}.
     *
     * @return the registrar, the caller's to close
     */
    public Registrar build() {
      return new Registrar(this);
    }
  }
}
