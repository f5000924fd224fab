package dev.rollcall.app.commands;

import dev.rollcall.registrar.Registrar;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command that runs as a child process, and is registered while it runs and is ready.
 *
 * <p>Whatever happens to the registry, or goes wrong here, the command runs on.
 */
final class KeptCommand {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.keep");

  /** As shells have it for a process that SIGKILL ended, which a kernel may be slow to bury. */
  private static final int KILLED = 137;

  private static final int NOT_READY = 1;
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration KILL_LIMIT = Duration.ofSeconds(5);

  private final ProcessBuilder command;
  private final Registrar registrar;
  private final Optional<ReadyCheck> ready;
  private final Duration readyTimeout;
  private final Duration drainDelay;
  private final Duration drainTime;

  /** Guards what decides whether the process and the registrar start. */
  private final ReentrantLock starting = new ReentrantLock();

  private @Nullable Process process;
  private boolean isStopping;

  /**
   * Creates it; nothing has started then.
   *
   * @param command what runs, with the standard streams that it is to have
   * @param registrar registers it
   * @param ready says when it is ready; empty if it is at once
   * @param readyTimeout how long it may take to be ready
   * @param drainDelay how long it serves on after it was deregistered
   * @param drainTime how long it has to end by itself when it is told to
   */
  KeptCommand(
      ProcessBuilder command,
      Registrar registrar,
      Optional<ReadyCheck> ready,
      Duration readyTimeout,
      Duration drainDelay,
      Duration drainTime) {
    this.command = command;
    this.registrar = registrar;
    this.ready = ready;
    this.readyTimeout = readyTimeout;
    this.drainDelay = drainDelay;
    this.drainTime = drainTime;
  }

  /**
   * Runs it to its end, or until it was not ready in time.
   *
   * @return its exit status; 128 and the number of the signal if a signal ended it
   * @throws IOException if it cannot be started
   */
  int run() throws IOException {
    Process running = start();
    boolean isInTime = true;
    try {
      isInTime = awaitReady(running);
      if (isInTime) {
        register(running);
      }
    } catch (RuntimeException | Error e) {
      LOG.atError().setCause(e).log("command.not_registered");
    }
    if (!isInTime) {
      stop();
      return NOT_READY;
    }
    int status = await(running);
    deregister();
    LOG.atInfo().addKeyValue("status", status).log("command.ended");
    return status;
  }

  private Process start() throws IOException {
    starting.lock();
    try {
      if (isStopping) {
        throw new IOException("it was told to stop before the command had started");
      }
      Process started = command.start();
      process = started;
      LOG.atInfo()
          .addKeyValue("pid", started.pid())
          .addKeyValue("service_id", registrar.id())
          .log("command.started");
      return started;
    } finally {
      starting.unlock();
    }
  }

  /** Waits until it is ready or has ended; returns false if neither came in time. */
  private boolean awaitReady(Process running) {
    if (ready.isEmpty()) {
      return true;
    }
    long start = System.nanoTime();
    Optional<String> problem = ready.get().problem();
    String last = "";
    while (problem.isPresent()) {
      if (System.nanoTime() - start >= readyTimeout.toNanos()) {
        LOG.atError()
            .addKeyValue("url", ready.get())
            .addKeyValue("cause", problem.get())
            .addKeyValue("timeout", readyTimeout)
            .log("command.not_ready");
        return false;
      }
      if (!problem.get().equals(last)) {
        last = problem.get();
        LOG.atInfo()
            .addKeyValue("url", ready.get())
            .addKeyValue("cause", last)
            .log("command.awaited");
      }
      if (hasEnded(running, ReadyCheck.PAUSE)) {
        return true;
      }
      problem = ready.get().problem();
    }
    return true;
  }

  /** Begins to register it. What memory or threads are too short for is tried again. */
  private void register(Process running) {
    while (running.isAlive()) {
      starting.lock();
      try {
        if (!isStopping) {
          var unused = registrar.startInBackground();
        }
        return;
      } catch (OutOfMemoryError e) {
        LOG.atWarn().setCause(e).log("command.not_registered");
      } finally {
        starting.unlock();
      }
      var unused = hasEnded(running, RETRY);
    }
  }

  /**
   * Ends it: deregisters it, so that nobody finds it any more, lets it serve on for its drain
   * delay, and then tells it to stop. What does not within its drain time is killed. Idempotent.
   *
   * @return its exit status; empty if it had not started, and then it will not
   */
  OptionalInt stop() {
    Process running;
    starting.lock();
    try {
      isStopping = true;
      running = process;
    } finally {
      starting.unlock();
    }
    deregister();
    if (running == null) {
      return OptionalInt.empty();
    }
    if (registrar.lease().isPresent()) { // somebody may have found it
      var unused = hasEnded(running, drainDelay);
    }
    running.destroy();
    if (hasEnded(running, drainTime)) {
      return OptionalInt.of(running.exitValue());
    }
    LOG.atWarn().addKeyValue("drain_time", drainTime).log("command.killed");
    running.destroyForcibly();
    return OptionalInt.of(hasEnded(running, KILL_LIMIT) ? running.exitValue() : KILLED);
  }

  /** Whatever fails, the command must still be told to stop. */
  private void deregister() {
    try {
      registrar.close();
    } catch (RuntimeException | Error e) {
      LOG.atWarn().setCause(e).log("command.not_deregistered");
    }
  }

  /** Waits for the end of a process; an interrupt ends the wait, not the process. */
  private static boolean hasEnded(Process running, Duration limit) {
    try {
      return running.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return !running.isAlive();
    }
  }

  private static int await(Process running) {
    boolean isInterrupted = false;
    while (true) {
      try {
        int status = running.waitFor();
        if (isInterrupted) {
          Thread.currentThread().interrupt();
        }
        return status;
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
  }
}
