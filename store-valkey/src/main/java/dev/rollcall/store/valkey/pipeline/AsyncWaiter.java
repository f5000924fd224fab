package dev.rollcall.store.valkey.pipeline;

import java.util.function.Consumer;

/** The future that waits for a command. The completion threads do what follows the reply. */
final class AsyncWaiter implements Waiter, Runnable {
  private final PendingCommand command;
  private final AsyncOperation<?> operation;
  private final Completions completions;
  private final Consumer<PendingCommand> next;

  /** Used only by the leader: one that fails may complete a command twice. */
  private boolean handedOn;

  /**
   * Creates a waiter.
   *
   * @param next takes the completed command, once, on a completion thread
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
        // There is no memory to queue it. The operation fails at its deadline.
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
