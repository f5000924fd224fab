package dev.rollcall;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Keeps one service registered: registers it, pings to keep its lease, registers it again if the
 * registry has lost it, and deregisters it when closed.
 *
 * <pre>{@code
 * try (Registrar registrar =
 *     Registrar.builder()
 *         .orchestratorUrl("http://registry:9000/services/$register")
 *         .info(ServiceInfo.of("my-service").displayName("My Service").build())
 *         .port(8000)
 *         .build()) {
 *   registrar.start();
 *   serve();
 * }
 * }</pre>
 *
 * <p>It never gives up while it is open, and never floods: tries back off, and all waits are spread
 * at random so that services do not come all at once. A ping that fails is tried again sooner than
 * the interval, at least twice before the lease ends. {@link RegistrarState} shows its life.
 *
 * <p>Safe for use by any number of threads. {@link #start()} and {@link #close()} block; all else
 * returns at once, however slow the registry is.
 */
public final class Registrar implements AutoCloseable {
  private final RegistrarLoop loop;
  private final Executor callbacks;

  Registrar(
      RegistrarSettings settings,
      ServiceRegistry registry,
      Keepalive keepalive,
      Runnable afterClose) {
    RegistrarNews news = new RegistrarNews(this, settings, keepalive);
    this.loop = new RegistrarLoop(settings, registry, keepalive, news, afterClose);
    this.callbacks = keepalive.callbacks();
  }

  /**
   * Starts a registrar that is told by its builder and by the environment what to register, and
   * where.
   *
   * @return the builder
   */
  public static RegistrarBuilder builder() {
    return new RegistrarBuilder();
  }

  /**
   * Starts a registrar of a service in a registry.
   *
   * @param registry where to register; it stays the caller's to close, after the registrar
   * @param registration what to register
   * @return the builder, with these set
   */
  public static RegistrarBuilder builder(ServiceRegistry registry, Registration registration) {
    RegistrarBuilder builder =
        builder().registry(registry).url(registration.url()).info(registration.info());
    registration.id().ifPresent(builder::id);
    registration.ttl().ifPresent(builder::ttl);
    return builder;
  }

  /**
   * Registers the service and starts the pings.
   *
   * <p>Blocks until the service is registered, or until {@link RegistrarBuilder#maxRetries} tries
   * have failed, or one was rejected; for {@link RegistrarBuilder#startTimeout} at most. That is
   * logged, and it goes on trying in the background: a registry that is down, or that hangs, does
   * not keep a service from starting. {@link #state()} and {@link #lastError()} tell. An interrupt
   * ends the wait alone; the flag stays set.
   *
   * @throws RuntimeException with {@link RegistrarBuilder#failOnError} if it is not registered
   *     then: what the last try failed with, commonly a {@link RegistryException}. The registrar is
   *     closed; a call that is under way when the time is over ends deregistered in the background
   * @throws IllegalStateException if it was started before, is closed, or its executor is shut down
   * @throws OutOfMemoryError if the JVM cannot start its timer's thread; it has not started then,
   *     and may be started again
   */
  public void start() {
    CompletableFuture<Boolean> started = loop.start();
    try {
      await(started);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw RegistrarCalls.reasonOf(e.getCause());
    }
  }

  /** Waits by itself, too: the keepalive's time may stand still, as where its executor is busy. */
  private void await(CompletableFuture<Boolean> started)
      throws InterruptedException, ExecutionException {
    long nanos = loop.settings().startTimeout().toNanos();
    try {
      var unused = started.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      loop.endStart();
      if (started.isDone()) {
        var unused = started.get();
      }
    }
  }

  /**
   * Registers the service and starts the pings, without blocking.
   *
   * @return completes when {@link #start()} would return, with whether the service is registered;
   *     fails with what that would throw. Its callbacks may block, and may close the registrar
   * @throws IllegalStateException if it was started before, or is closed
   */
  public CompletableFuture<Boolean> startInBackground() {
    return loop.start().thenApplyAsync(Function.identity(), callbacks);
  }

  /**
   * Returns where it stands. A lease that is past its time counts as lost, whatever may hold up the
   * call that could tell.
   *
   * @return the state
   */
  public RegistrarState state() {
    return loop.state();
  }

  /**
   * Returns the id of the service: the one that the registry assigned, else the one that is asked
   * for. A service that brings none gets a {@link Ulid} when the registrar is built, so that a
   * registration whose answer is lost can be repeated and makes no second one.
   *
   * @return the id
   */
  public String id() {
    return loop.read(machine -> machine.tenure().lease())
        .map(Lease::id)
        .orElseGet(() -> loop.settings().id());
  }

  /**
   * Returns the lease that it last got, which may have ended since; {@link #state()} tells.
   *
   * @return the lease, or empty if it has never been registered
   */
  public Optional<Lease> lease() {
    return loop.read(machine -> machine.tenure().lease());
  }

  /**
   * Returns why the last call of the registry failed.
   *
   * @return the error, commonly a {@link RegistryException}, or empty if the last call succeeded
   */
  public Optional<RuntimeException> lastError() {
    return loop.read(machine -> machine.standing().lastError());
  }

  /**
   * Returns what it has done.
   *
   * @return the counts
   */
  public RegistrarCounts counts() {
    return loop.read(RegistrarMachine::counts);
  }

  /** Begins to close, and completes when that is done, without a bound. */
  CompletableFuture<Void> closeInBackground() {
    loop.beginClose();
    return loop.closed();
  }

  /**
   * Ends the pings and, with {@link RegistrarBuilder#autoDeregister}, deregisters the service,
   * unless another registration holds its id by now. A registration that is under way ends
   * deregistered.
   *
   * <p>Idempotent, and may be called from anywhere: a listener, a callback, a shutdown hook. Blocks
   * for {@link RegistrarBuilder#timeout} at most, through interrupts, whose flag stays set; beyond
   * that for the timeout of a registry that blocks. What is not done by then is left to be done in
   * the background, or to the end of the lease; that is logged, and no reason to throw.
   */
  @Override
  public void close() {
    Keepalive.closeAll(List.of(loop));
  }
}
