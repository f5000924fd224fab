package dev.rollcall.registrar;

import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.registrar.HeldLease.FencedId;
import dev.rollcall.registrar.RegistrarActions.PendingAction;
import dev.rollcall.registrar.RegistrarStateMachine.Action;
import dev.rollcall.registrar.RegistrarStateMachine.Snapshot;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Does what a {@link RegistrarStateMachine} decides: keeps its timer, makes its actions, and tells
 * of its changes.
 *
 * <p>The lock is held for one event of the machine, never during a call. At most one step is under
 * way, and a close waits for it if it is a registration; a ping can bring back nothing that is
 * being deregistered.
 *
 * <p>An error, such as one for want of memory or of a thread, may strike anywhere. What it keeps
 * from going on raises the {@linkplain Keepalive#alarm alarm}, and {@link #recover} goes on from
 * there. An answer that never comes, as when the error struck a thread of the registry's client,
 * counts as a failed call when it is {@linkplain #late late}.
 */
final class RegistrarDriver {
  /**
   * How long after its timeout a call counts as lost: less than the {@linkplain
   * RegistrarStateMachine#PAUSE time} that tells of a standstill.
   */
  static final long LATE_NANOS = RegistrarStateMachine.PAUSE.toNanos() / 2;

  /** The time for an answer doubles so often at most. */
  private static final int MOST_DOUBLINGS = 4;

  private final RegistrarSettings settings;
  private final RegistrarStateMachine machine;
  private final ServiceRegistry registry;
  private final Keepalive keepalive;
  private final RegistrarActions actions;
  private final StateChangeNotifier notifier;
  private final Runnable afterClose;
  private final StartResult started = new StartResult();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final AtomicBoolean finishing = new AtomicBoolean();
  private final ReentrantLock lock = new ReentrantLock();
  private Action current = Action.NOTHING;

  /** The number of the step that was begun last. An older one was given up. */
  private long actionNumber;

  /** The number of the newest step that was answered. */
  private long lastAnswered;

  /** When the answer to the step that is under way counts as lost. */
  private long lateAt;

  /** So many steps had no answer in time since one that succeeded. */
  private int lateInARow;

  private @Nullable Future<?> timer;
  private @Nullable Future<?> startLimit;
  private boolean releasing;

  /** The snapshot that was told last. */
  private Snapshot told;

  /** Whether an error kept the step that is under way from its end. */
  private volatile boolean actionLost;

  /** Whether it is to close, which an error may have kept it from beginning. */
  private volatile boolean toClose;

  /** Makes one that has not started; what closes what was opened for it may run twice. */
  RegistrarDriver(
      RegistrarSettings settings,
      ServiceRegistry registry,
      Keepalive keepalive,
      StateChangeNotifier notifier,
      Runnable afterClose) {
    this.settings = settings;
    this.machine = new RegistrarStateMachine(settings, keepalive::size);
    this.told = machine.snapshot();
    this.registry = registry;
    this.keepalive = keepalive;
    this.actions =
        new RegistrarActions(
            settings, machine, keepalive.adapters().enter(registry), keepalive.checks());
    this.notifier = notifier;
    this.afterClose = afterClose;
  }

  RegistrarSettings settings() {
    return settings;
  }

  /**
   * Starts, and completes when it has succeeded, or has used up its tries or its time.
   *
   * @throws IllegalStateException if it was started before, or is closed
   * @throws OutOfMemoryError if its threads cannot be had; it has not started then
   */
  CompletableFuture<Boolean> start() {
    event(
        now -> {
          if (machine.state() != RegistrarState.NEW) {
            throw new IllegalStateException(
                machine.isClosing()
                    ? "the registrar is closed"
                    : "the registrar was started before");
          }
          keepalive.enter(this);
          machine.start(now);
        });
    return started.future();
  }

  /** The time of the start is over: what is not registered yet goes on in the background. */
  void endStart() {
    try {
      event(
          now -> {
            if (machine.isStarting()) {
              machine.endStart();
              if (settings.failOnError()) {
                started.fail(notInTime());
                machine.close();
              }
            }
          });
    } catch (Throwable e) {
      keepalive.alarm(); // its tries end the start, too
    }
  }

  private RuntimeException notInTime() {
    return machine
        .snapshot()
        .lastError()
        .orElseGet(
            () ->
                new RegistryUnavailableException(
                    "'" + settings.id() + "' was not registered within " + settings.startTimeout(),
                    null,
                    null));
  }

  /** Lets the machine have an event, does what follows, and tells what it changed. */
  private void event(LongConsumer event) {
    Snapshot before;
    Snapshot after;
    boolean releases;
    lock.lock();
    try {
      event.accept(keepalive.now());
      releases = goOn();
      before = told;
      after = tell();
    } finally {
      lock.unlock();
    }
    if (releases) {
      release();
    }
    notifier.log(before, after);
    keepalive.check();
  }

  /** Tells the listener of a change, and returns how it stands. */
  private Snapshot tell() {
    try {
      Snapshot now = machine.snapshot();
      notifier.announce(told, now);
      told = now;
    } catch (Throwable e) {
      keepalive.alarm(); // told with the next event
    }
    return told;
  }

  /** Waits for the next event, and returns whether it is time to release what is held. */
  private boolean goOn() {
    plan();
    if (!machine.isClosing()) {
      if (!machine.isStarting() && machine.state() != RegistrarState.NEW) {
        started.complete(machine.state() == RegistrarState.REGISTERED);
      }
      return false;
    }
    if (releasing || current == Action.REGISTER) {
      return false;
    }
    releasing = true;
    return true;
  }

  /** Sets the timer. Never throws: what an error keeps from its time is looked after. */
  private void plan() {
    try {
      if (timer != null) {
        timer.cancel(false);
      }
      planEndOfStart();
      if (current == Action.NOTHING && machine.waits()) {
        timer = keepalive.schedule(machine.waitNanos(keepalive.now()), this::runDueAction);
      } else if (isAwaited()) {
        long number = actionNumber;
        timer = keepalive.schedule(Math.max(0, lateAt - keepalive.now()), () -> late(number));
      }
    } catch (Throwable e) {
      if (e instanceof RejectedExecutionException && keepalive.isEnded()) {
        if (current != Action.NOTHING) {
          return; // its answer will tell
        }
        notifier.abandoned();
        started.failAtTheEnd(new IllegalStateException("the keepalive's executor is shut down", e));
        machine.close();
      } else {
        keepalive.alarm();
      }
    }
  }

  /** Returns whether anything waits for an answer: a close waits for a registration alone. */
  private boolean isAwaited() {
    return current != Action.NOTHING && (!machine.isClosing() || current == Action.REGISTER);
  }

  private void planEndOfStart() {
    if (!machine.isStarting() && startLimit != null) {
      startLimit.cancel(false);
      startLimit = null;
    } else if (machine.isStarting() && startLimit == null) {
      startLimit = keepalive.schedule(settings.startTimeout().toNanos(), this::endStart);
    }
  }

  /** The timer has come. */
  private void runDueAction() {
    try {
      AtomicReference<Action> next = new AtomicReference<>(Action.NOTHING);
      AtomicLong number = new AtomicLong();
      event(
          now -> {
            if (current == Action.NOTHING) {
              actionLost = false;
              current = machine.due(now);
              next.set(current);
              number.set(++actionNumber);
              waitForAnswer(now);
            }
          });
      if (next.get() != Action.NOTHING) {
        long sent = keepalive.now();
        follow(actions.take(next.get(), sent), next.get(), number.get(), sent);
      }
    } catch (Throwable e) {
      actionLost = true;
      keepalive.alarm();
    }
  }

  private <T> void follow(PendingAction<T> call, Action action, long number, long sent) {
    var unused =
        call.answer().whenComplete((answer, e) -> answered(call, action, number, sent, answer, e));
  }

  /**
   * Sets the time for an answer. It doubles from one that is late to the next: actions that are
   * given up may still stand in the queue of a client whose registry hangs, and are not to pile up
   * there.
   */
  private void waitForAnswer(long now) {
    long timeout = machine.timeoutOf(current).toNanos();
    lateAt =
        current == Action.CHECK
            ? now + timeout
            : now + ((timeout + LATE_NANOS) << Math.min(lateInARow, MOST_DOUBLINGS));
  }

  /** The answer to a step has not come. It is not waited for any longer. */
  private void late(long number) {
    try {
      event(
          now -> {
            if (number != actionNumber || !isAwaited() || lateAt - now > 0) {
              return;
            }
            Action action = current;
            Duration timeout = machine.timeoutOf(action);
            if (actions.isWaitedFor(action)) {
              waitForAnswer(now);
              return;
            }
            RuntimeException e =
                action == Action.CHECK
                    ? new IllegalStateException("registerWhen has not answered within " + timeout)
                    : new RegistryUnavailableException("no answer within " + timeout, null, null);
            current = Action.NOTHING;
            lateInARow++;
            failed(action, e, lateAt - timeout.toNanos(), now);
          });
    } catch (Throwable e) {
      keepalive.alarm(); // which plans this again
    }
  }

  /** The machine has woken from a standstill that no timer can tell of. */
  void wake() {
    try {
      event(machine::wake);
    } catch (Throwable e) {
      keepalive.alarm();
    }
  }

  /** A step has ended, well or not. Whatever a registry answers, it must not end the pings. */
  private <T> void answered(
      PendingAction<T> call,
      Action action,
      long number,
      long sent,
      @Nullable T answer,
      @Nullable Throwable error) {
    try {
      event(
          now -> {
            boolean isAwaited = number == actionNumber && current != Action.NOTHING;
            if (!isAwaited && (error != null || number <= lastAnswered)) {
              return; // it has counted as failed, or a newer answer holds
            }
            lastAnswered = number;
            if (isAwaited) {
              current = Action.NOTHING;
              lateInARow = error == null ? 0 : lateInARow;
            }
            if (error != null) {
              failed(action, RegistrarActions.reasonOf(error), sent, now);
              return;
            }
            try {
              call.event().accept(answer, now);
            } catch (Throwable e) {
              failed(action, RegistrarActions.reasonOf(e), sent, now);
            }
          });
    } catch (Throwable e) {
      actionLost = true;
      keepalive.alarm();
    }
  }

  private void failed(Action action, RuntimeException e, long sent, long now) {
    machine.failed(action, e, sent, now);
    if (settings.failOnError() && !machine.isStarting() && started.isOpen()) {
      started.failAtTheEnd(e);
      machine.close();
    }
  }

  /** Goes on where an error stopped it. Never throws: an error now raises the alarm again. */
  void recover() {
    try {
      event(
          now -> {
            if (toClose && !machine.isClosing()) {
              machine.close();
            }
            Action lost = actionLost ? current : Action.NOTHING;
            if (lost != Action.NOTHING) {
              current = Action.NOTHING;
              failed(lost, new IllegalStateException("an error lost the answer"), now, now);
            }
            actionLost = false;
          });
      notifier.resume();
    } catch (Throwable e) {
      keepalive.alarm();
    }
  }

  /** Begins to close, if that has not begun. Never throws. */
  void beginClose() {
    toClose = true;
    try {
      event(
          now -> {
            if (!machine.isClosing()) {
              machine.close();
            }
          });
    } catch (Throwable e) {
      keepalive.alarm();
    }
  }

  /** Returns what completes when it is closed. */
  CompletableFuture<Void> closed() {
    return closed.copy();
  }

  /**
   * Waits until it is closed, through interrupts, for its timeout since then at most. Beyond that
   * what goes on, goes on without what was opened for it. Returns whether there was an interrupt.
   */
  boolean awaitClose(long begunNanos) {
    boolean interrupted = false;
    long end = begunNanos + settings.timeout().toNanos();
    while (!closed.isDone()) {
      try {
        closed.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (Throwable e) {
        abandon();
        break;
      }
    }
    return interrupted;
  }

  private void abandon() {
    notifier.couldNotDeregister("no answer within " + settings.timeout());
    try {
      keepalive.leave(this);
    } finally {
      closeWhatWasOpened();
    }
  }

  private void closeWhatWasOpened() {
    try {
      afterClose.run();
    } catch (Throwable e) {
      Log.log(Level.WARNING, () -> "What was opened for '" + settings.id() + "' did not close", e);
    }
  }

  private void release() {
    try {
      Optional<FencedId> held =
          settings.autoDeregister() ? read(m -> m.heldLease().holding()) : Optional.empty();
      if (held.isPresent()) {
        new Deregistration(held.get(), actions, keepalive, settings, notifier, this::finish)
            .begin();
      } else {
        finish();
      }
    } catch (Throwable e) {
      finish();
    }
  }

  /** It is closed, whatever fails of what is to be closed with it. */
  private void finish() {
    if (!finishing.compareAndSet(false, true)) {
      return;
    }
    try {
      event(now -> machine.closed());
    } finally {
      try {
        keepalive.leave(this);
      } finally {
        try {
          keepalive.adapters().leave(registry);
        } finally {
          keepalive.runAside(this::end);
        }
      }
    }
  }

  private void end() {
    closeWhatWasOpened();
    try {
      started.end();
    } finally {
      closed.complete(null); // whatever they throw who wait for the start
    }
  }

  RegistrarState state() {
    RegistrarState state;
    Snapshot before;
    Snapshot after;
    lock.lock();
    try {
      machine.look(keepalive.now());
      state = machine.state();
      before = told;
      after = tell();
    } finally {
      lock.unlock();
    }
    notifier.log(before, after);
    return state;
  }

  /** Reads from the machine. */
  <T> T read(Function<RegistrarStateMachine, T> reader) {
    lock.lock();
    try {
      return reader.apply(machine);
    } finally {
      lock.unlock();
    }
  }

  /** What comes of a registrar's start. Not safe for use by more than one thread at a time. */
  private static final class StartResult {
    private final CompletableFuture<Boolean> future = new CompletableFuture<>();
    private @Nullable RuntimeException failure;

    /** Returns what completes with whether the service is registered. */
    CompletableFuture<Boolean> future() {
      return future;
    }

    /** Says whether it is open still. */
    boolean isOpen() {
      return failure == null && !future.isDone();
    }

    /** It is to fail with this, once the registrar is closed. */
    void failAtTheEnd(RuntimeException e) {
      failure = e;
    }

    /** It fails with this now. */
    void fail(RuntimeException e) {
      failure = e;
      future.completeExceptionally(e);
    }

    void complete(boolean isRegistered) {
      future.complete(isRegistered);
    }

    /** The registrar is closed. */
    void end() {
      if (failure == null) {
        future.complete(false);
      } else {
        future.completeExceptionally(failure);
      }
    }
  }
}
