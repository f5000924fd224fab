package dev.rollcall.store.valkey.pipeline;

import java.util.function.Consumer;

/** The future that waits for a call; what follows the reply is done by the completion threads. */
final class AsyncWaiter implements Waiter, Runnable {
  private final PendingCommand command;
  private final AsyncOperation<?> operation;
  private final Completions completions;
  private final Consumer<PendingCommand> next;

  /** Used by the leader of the call alone: one that fails may complete a call twice. */
  private boolean handedOn;

  /**
   * Makes one.
   *
   * @param next takes the completed call, once, on a completion thread
   */
  AsyncWaiter(
      PendingCommand command,
      AsyncOperation<?> operation,
      Completions completions,
      Consumer<PendingCommand> next) {
    this.command = command;
    this.operation = operation;
    this.completions = completions;
    this.next = next;
  }

  @Override
  public void completed() {
    if (!handedOn) {
      try {
        completions.enqueue(this);
        handedOn = true;
      } catch (OutOfMemoryError e) {
        // There is no memory for a place in a queue. It fails when its time is up.
      }
    }
  }

  @Override
  public void run() {
    next.accept(command);
  }

  @Override
  public boolean tryWake() {
    return false;
  }

  @Override
  public boolean hasLeft() {
    return operation.isDone();
  }
}
