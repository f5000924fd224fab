package dev.rollcall.registrar;

import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.registrar.HeldLease.FencedId;
import dev.rollcall.registrar.RegistrarActions.PendingAction;
import dev.rollcall.registrar.RegistrarStateMachine.Action;
import dev.rollcall.registrar.RegistrarStateMachine.Snapshot;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
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
 * Carries out what a {@link RegistrarStateMachine} decides: keeps its timer, begins its actions,
 * and reports its changes.
 *
 * <p>The lock is held for one event of the state machine, never during a call. At most one action
 * is under way. A close waits for it if it may register the service; a ping, and an update of what
 * has the lease, cannot bring back what is being deregistered.
 *
 * <p>An {@code Error}, for want of memory or of a thread for example, may strike anywhere. Where it
 * keeps anything from going on, the {@linkplain Keepalive#alarm alarm} is raised, and {@link
 * #recover} goes on from there. An answer that never comes, because the error struck a thread of
 * the registry's client, counts as a failed call once it is {@linkplain #late late}.
 */
final class RegistrarDriver {
  /**
   * How long after its timeout a call counts as lost. Less than {@link
   * RegistrarStateMachine#SUSPENDED_AFTER}, or it would look like a suspension.
   */
  static final long LATE_NANOS = RegistrarStateMachine.SUSPENDED_AFTER.toNanos() / 2;

  /** How often the time for an answer doubles at most. */
  private static final int MAX_DOUBLINGS = 4;

  private final RegistrarSettings settings;
  private final RegistrarStateMachine machine;
  private final ServiceRegistry registry;
  private final Keepalive keepalive;
  private final RegistrarActions actions;
  private final StateChangeNotifier notifier;
  private final Runnable afterClose;
  private final StartResult started = new StartResult();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  /** When the drain ends, by {@link System#nanoTime}. It is set once. */
  private final CompletableFuture<Long> drainEnd = new CompletableFuture<>();

  private final AtomicBoolean finishing = new AtomicBoolean();
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private Action current = Action.NOTHING;

  /** The number of the action that was begun last. An older one was given up. */
  private long actionNumber;

  /** The number of the newest action that was answered. */
  private long lastAnswered;

  /** How long the current action may take. */
  private Duration timeout = Duration.ZERO;

  /** When the answer to the current action counts as lost. */
  private long lateAt;

  /** How many actions in a row had no answer in time, since one that succeeded. */
  private int lateInARow;

  private @Nullable Future<?> timer;
  private @Nullable Future<?> startLimit;
  private boolean releasing;

  /** The snapshot that was reported last. */
  private Snapshot reported;

  // For any thread.

  /** Whether an {@code Error} kept the current action from its end. */
  private volatile boolean actionLost;

  /** Whether it has to close; an {@code Error} may have kept it from beginning. */
  private volatile boolean closeRequested;

  /** Creates a driver that has not started. {@code afterClose} may run twice. */
  RegistrarDriver(
      RegistrarSettings settings,
      ServiceRegistry registry,
      Keepalive keepalive,
      StateChangeNotifier notifier,
      Runnable afterClose) {
    this.settings = settings;
    this.machine = new RegistrarStateMachine(settings, keepalive::size);
    this.reported = machine.snapshot();
    this.registry = registry;
    this.keepalive = keepalive;
    this.actions =
        new RegistrarActions(
            settings, machine, keepalive.adapters().acquire(registry), keepalive.checks());
    this.notifier = notifier;
    this.afterClose = afterClose;
  }

  RegistrarSettings settings() {
    return settings;
  }

  /**
   * Starts. The future completes when the start has succeeded, or has used up its tries or its
   * time.
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
          keepalive.add(this);
          machine.start(now);
        });
    return started.future();
  }

  /** The time of the start is over. What is not registered yet goes on in the background. */
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
            } else {
              started.failNow(); // The registration is undone in the background.
            }
          });
    } catch (Throwable e) {
      keepalive.alarm(); // its tries end the start, too
    }
  }

  /**
   * Has the service say something else of itself. The future completes when the registry has taken
   * that.
   *
   * @throws IllegalStateException if this is closed
   */
  CompletableFuture<Void> update(Map<String, Object> info) {
    AtomicReference<CompletableFuture<Void>> taken = new AtomicReference<>();
    event(now -> taken.set(machine.update(info, now)));
    return taken.get();
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

  /** Hands an event to the state machine, does what follows from it, and reports the change. */
  private void event(LongConsumer event) {
    Snapshot before;
    Snapshot after;
    boolean releases;
    lock.lock();
    try {
      event.accept(keepalive.now());
      releases = proceed();
      before = reported;
      after = report();
    } finally {
      lock.unlock();
    }
    if (releases) {
      release();
    }
    notifier.log(before, after);
    keepalive.check();
  }

  /** Notifies the listener of a change, and returns the snapshot that was reported. */
  private Snapshot report() {
    try {
      Snapshot now = machine.snapshot();
      notifier.notifyListener(reported, now);
      reported = now;
    } catch (Throwable e) {
      keepalive.alarm(); // reported with the next event
    }
    return reported;
  }

  /** Plans the next event, and returns whether it is time to deregister and end. */
  private boolean proceed() {
    plan();
    if (!machine.isClosing()) {
      if (!machine.isStarting() && machine.state() != RegistrarState.NEW) {
        started.complete(machine.state() == RegistrarState.REGISTERED);
      }
      return false;
    }
    if (releasing || machine.mayRegister(current)) {
      return false;
    }
    releasing = true;
    return true;
  }

  /** Sets the timer. Never throws: the watchdog recovers what an {@code Error} keeps from it. */
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
        long now = keepalive.now();
        long wait = Math.min(Math.max(0, lateAt - now), machine.nanosToEndOfLease(now));
        timer = keepalive.schedule(wait, () -> late(number));
      }
    } catch (Throwable e) {
      if (e instanceof RejectedExecutionException && keepalive.isEnded()) {
        if (current != Action.NOTHING) {
          return; // its answer will tell
        }
        notifier.abandoned();
        started.failWhenClosed(
            new IllegalStateException("the keepalive's executor is shut down", e));
        machine.close();
      } else {
        keepalive.alarm();
      }
    }
  }

  /** Returns whether an answer is waited for. A close waits only for that to a registration. */
  private boolean isAwaited() {
    return current != Action.NOTHING && (!machine.isClosing() || machine.mayRegister(current));
  }

  private void planEndOfStart() {
    boolean isLimited = machine.isStarting() || started.isFailing();
    if (!isLimited && startLimit != null) {
      startLimit.cancel(false);
      startLimit = null;
    } else if (isLimited && startLimit == null) {
      startLimit = keepalive.schedule(settings.startTimeout().toNanos(), this::endStart);
    }
  }

  /** The timer has fired. */
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
              timeout = machine.timeoutOf(current);
              waitForAnswer(now);
            }
          });
      if (next.get() != Action.NOTHING) {
        long sent = keepalive.now();
        attach(actions.begin(next.get(), sent), next.get(), number.get(), sent);
      }
    } catch (Throwable e) {
      actionLost = true;
      keepalive.alarm();
    }
  }

  private <T> void attach(PendingAction<T> call, Action action, long number, long sent) {
    var unused =
        call.answer().whenComplete((answer, e) -> answered(call, action, number, sent, answer, e));
  }

  /**
   * Sets the time for an answer. It doubles from one late answer to the next: calls that were given
   * up may still be queued in the client of a registry that hangs, and must not pile up there.
   */
  private void waitForAnswer(long now) {
    long nanos = timeout.toNanos();
    lateAt =
        current == Action.CHECK
            ? now + nanos
            : now + ((nanos + LATE_NANOS) << Math.min(lateInARow, MAX_DOUBLINGS));
  }

  /**
   * The answer to an action has not come. The lease may have ended meanwhile. Once it is late, it
   * is not waited for any longer.
   */
  private void late(long number) {
    try {
      event(
          now -> {
            machine.updateState(now);
            if (number != actionNumber || !isAwaited() || lateAt - now > 0) {
              return;
            }
            Action action = current;
            if (action != Action.CHECK && actions.isBlocking()) {
              // A thread waits for as long as the registry takes; another call would only queue.
              actions.ensureThread();
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

  /** The machine was suspended, which no timer can tell. */
  void resumeAfterSuspension() {
    try {
      event(machine::resumeAfterSuspension);
    } catch (Throwable e) {
      keepalive.alarm();
    }
  }

  /** An action has ended. Whatever a registry answers, it must not end the pings. */
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
              return; // it was counted as failed, or a newer answer is known
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
      started.failWhenClosed(e);
      machine.close();
    }
  }

  /**
   * Goes on where an {@code Error} stopped it. Never throws: another one raises the alarm again.
   */
  void recover() {
    try {
      event(
          now -> {
            if (closeRequested && !machine.isClosing()) {
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

  /** Begins to close, unless that has begun. Never throws. */
  void beginClose() {
    closeRequested = true;
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

  /** Returns a future that completes when this is closed. */
  CompletableFuture<Void> closed() {
    return closed.copy();
  }

  /**
   * Waits until this is closed, through interrupts, until its timeout has passed since the given
   * time. What is still under way then goes on, without what was opened for it. Returns whether
   * there was an interrupt.
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
    beginDrain();
    notifier.couldNotDeregister("no answer within " + settings.timeout());
    try {
      keepalive.remove(this);
    } finally {
      closeWhatWasOpened();
    }
  }

  /** The service is deregistered, or that was given up. */
  private void beginDrain() {
    boolean drains = settings.drains() && read(m -> m.heldLease().mayHaveBeenSeen());
    drainEnd.complete(System.nanoTime() + (drains ? settings.drainDelay().toNanos() : 0));
  }

  /** Waits until the drain has ended, through interrupts. Returns whether there was one. */
  boolean awaitDrain() {
    boolean interrupted = false;
    long end = drainEnd.getNow(System.nanoTime());
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      try {
        TimeUnit.NANOSECONDS.sleep(left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return interrupted;
  }

  private void closeWhatWasOpened() {
    try {
      afterClose.run();
    } catch (Throwable e) {
      Log.log(
          Level.WARNING,
          () -> "What was opened for '" + settings.id() + "' could not be closed",
          e);
    }
  }

  private void release() {
    try {
      Optional<FencedId> target =
          settings.autoDeregister()
              ? read(m -> m.heldLease().deregistrationTarget())
              : Optional.empty();
      if (target.isPresent()) {
        new Deregistration(target.get(), actions, keepalive, settings, notifier, this::finish)
            .begin();
      } else {
        finish();
      }
    } catch (Throwable e) {
      finish();
    }
  }

  /** Ends this, whatever fails of what has to be closed with it. */
  private void finish() {
    if (!finishing.compareAndSet(false, true)) {
      return;
    }
    try {
      event(
          now -> {
            machine.closed();
            beginDrain();
            started.closed();
          });
    } finally {
      try {
        keepalive.remove(this);
      } finally {
        try {
          keepalive.adapters().release(registry);
        } finally {
          keepalive.runAside(this::end);
        }
      }
    }
  }

  private void end() {
    closeWhatWasOpened();
    started.closed(); // unless an error kept it from that before
    closed.complete(null);
  }

  RegistrarState state() {
    RegistrarState state;
    Snapshot before;
    Snapshot after;
    lock.lock();
    try {
      machine.updateState(keepalive.now());
      state = machine.state();
      before = reported;
      after = report();
    } finally {
      lock.unlock();
    }
    notifier.log(before, after);
    return state;
  }

  /** Reads from the state machine. */
  <T> T read(Function<RegistrarStateMachine, T> reader) {
    lock.lock();
    try {
      return reader.apply(machine);
    } finally {
      lock.unlock();
    }
  }

  /** The result of a registrar's start. Not safe for use by more than one thread at a time. */
  private static final class StartResult {
    private final CompletableFuture<Boolean> future = new CompletableFuture<>();
    private @Nullable RuntimeException failure;

    /** Returns the future, which completes with whether the service is registered. */
    CompletableFuture<Boolean> future() {
      return future;
    }

    /** Returns whether there is no result yet. */
    boolean isOpen() {
      return failure == null && !future.isDone();
    }

    /** Lets the start fail once the registrar is closed. */
    void failWhenClosed(RuntimeException e) {
      failure = e;
    }

    /** Returns whether the start is to fail once the registrar is closed. */
    boolean isFailing() {
      return failure != null && !future.isDone();
    }

    /** Does not wait until the registrar is closed, if the start is to fail then. */
    void failNow() {
      if (failure != null) {
        future.completeExceptionally(failure);
      }
    }

    /** Lets the start fail now. */
    void fail(RuntimeException e) {
      failure = e;
      future.completeExceptionally(e);
    }

    void complete(boolean isRegistered) {
      future.complete(isRegistered);
    }

    /** The registrar is closed. */
    void closed() {
      if (failure == null) {
        future.complete(false);
      } else {
        future.completeExceptionally(failure);
      }
    }
  }
}
