package dev.rollcall;

import dev.rollcall.Tenure.Holding;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Does what a {@link RegistrarMachine} decides: keeps its timer, makes its calls, and tells of its
 * changes.
 *
 * <p>The lock is held for one event of the machine, never during a call. At most one step is under
 * way, and a close waits for it if it is a registration; a ping can bring back nothing that is
 * being deregistered.
 */
final class RegistrarLoop {
  private final RegistrarSettings settings;
  private final RegistrarMachine machine;
  private final ServiceRegistry registry;
  private final Keepalive keepalive;
  private final RegistrarCalls calls;
  private final RegistrarNews news;
  private final Runnable afterClose;
  private final StartResult started = new StartResult();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final ReentrantLock lock = new ReentrantLock();
  private Step underWay = Step.NOTHING;
  private @Nullable Future<?> timer;
  private boolean releasing;

  /** Makes one that has not started; what closes what was opened for it may run twice. */
  RegistrarLoop(
      RegistrarSettings settings,
      ServiceRegistry registry,
      Keepalive keepalive,
      RegistrarNews news,
      Runnable afterClose) {
    this.settings = settings;
    this.machine = new RegistrarMachine(settings);
    this.registry = registry;
    this.keepalive = keepalive;
    this.calls =
        new RegistrarCalls(settings, machine, keepalive.lanes().enter(registry), keepalive);
    this.news = news;
    this.afterClose = afterClose;
  }

  RegistrarSettings settings() {
    return settings;
  }

  /** Starts, and completes when it has succeeded or used up its tries. */
  CompletableFuture<Boolean> start() {
    event(
        now -> {
          if (machine.state() != RegistrarState.NEW) {
            throw new IllegalStateException(
                machine.isClosing()
                    ? "the registrar is closed"
                    : "the registrar was started before");
          }
          machine.start(now);
          keepalive.enter(this);
        });
    proceed();
    return started.future();
  }

  /** Lets the machine have an event, and tells what it changed. */
  private void event(LongConsumer event) {
    Standing before;
    Standing after;
    lock.lock();
    try {
      before = machine.standing();
      event.accept(keepalive.now());
      after = machine.standing();
      news.announce(before, after);
    } finally {
      lock.unlock();
    }
    news.log(before, after);
  }

  /** Does what follows an event: waits for the next, or goes on closing. */
  private void proceed() {
    lock.lock();
    try {
      plan();
      if (!machine.isClosing()) {
        if (!machine.isStarting()) {
          started.complete(machine.state() == RegistrarState.REGISTERED);
        }
        return;
      }
      if (releasing || underWay == Step.REGISTER) {
        return;
      }
      releasing = true;
    } finally {
      lock.unlock();
    }
    release();
  }

  private void plan() {
    if (timer != null) {
      timer.cancel(false);
    }
    if (underWay == Step.NOTHING && machine.waits()) {
      try {
        timer = keepalive.schedule(machine.waitNanos(keepalive.now()), this::step);
      } catch (RejectedExecutionException e) {
        news.abandoned();
        started.failAtTheEnd(new IllegalStateException("the keepalive's executor is shut down", e));
        machine.close();
      }
    }
  }

  /** The timer has come. */
  private void step() {
    AtomicReference<Step> next = new AtomicReference<>(Step.NOTHING);
    event(
        now -> {
          if (underWay == Step.NOTHING) {
            underWay = machine.due(now);
            next.set(underWay);
          }
        });
    if (next.get() == Step.NOTHING) {
      proceed();
    } else {
      long sent = keepalive.now();
      var unused =
          calls
              .take(next.get(), sent)
              .whenComplete((event, e) -> answered(next.get(), sent, event, e));
    }
  }

  /** The machine has woken from a standstill that no timer can tell of. */
  void wake() {
    event(machine::wake);
    proceed();
  }

  /** A step has ended, well or not. Whatever a registry answers, it must not end the pings. */
  private void answered(
      Step step, long sent, @Nullable LongConsumer event, @Nullable Throwable error) {
    event(
        now -> {
          underWay = Step.NOTHING;
          if (error != null) {
            failed(step, RegistrarCalls.reasonOf(error), sent, now);
            return;
          }
          try {
            event.accept(now);
          } catch (RuntimeException e) {
            failed(step, e, sent, now); // the answer is none, such as null
          }
        });
    proceed();
  }

  private void failed(Step step, RuntimeException e, long sent, long now) {
    machine.failed(step, e, sent, now);
    if (settings.failOnError() && !machine.isStarting() && started.isOpen()) {
      started.failAtTheEnd(e);
      machine.close();
    }
  }

  /** Begins to close, if that has not begun, and completes when that is done. */
  CompletableFuture<Void> closeSoon() {
    event(
        now -> {
          if (!machine.isClosing()) {
            machine.close();
          }
        });
    proceed();
    return closed.copy();
  }

  /** It has not closed in time. What goes on, goes on without what was opened for it. */
  void abandon() {
    if (!closed.isDone()) {
      news.couldNotDeregister("no answer within " + settings.timeout());
      keepalive.leave(this);
      afterClose.run();
    }
  }

  private void release() {
    Optional<Holding> held =
        settings.autoDeregister() ? read(m -> m.tenure().holding()) : Optional.empty();
    if (held.isEmpty()) {
      finish();
      return;
    }
    new Deregistration(held.get(), calls, keepalive, settings, news, this::finish).begin();
  }

  private void finish() {
    event(now -> machine.closed());
    keepalive.leave(this);
    keepalive.lanes().leave(registry);
    try {
      afterClose.run();
    } finally {
      started.end();
      closed.complete(null);
    }
  }

  RegistrarState state() {
    event(machine::look);
    return read(RegistrarMachine::state);
  }

  /** Reads from the machine. */
  <T> T read(Function<RegistrarMachine, T> reader) {
    lock.lock();
    try {
      return reader.apply(machine);
    } finally {
      lock.unlock();
    }
  }
}
