package dev.rollcall.examples.robustness;

/** A way to a server that carries an operation out, and keeps what came of it. */
interface Registry extends AutoCloseable {

  /** Carries the operation out and sets its outcome; must not throw. */
  void carryOut(Operation.Builder operation);

  @Override
  void close();
}
