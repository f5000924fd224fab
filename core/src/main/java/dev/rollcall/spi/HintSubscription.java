package dev.rollcall.spi;

/** What a store holds open to hear of changes. */
public interface HintSubscription extends AutoCloseable {

  /** Ends the hints, except those whose calls have begun. Does not block for long. Idempotent. */
  @Override
  void close();
}
