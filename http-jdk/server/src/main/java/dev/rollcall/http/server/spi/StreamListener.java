package dev.rollcall.http.server.spi;

/**
 * Hears how event streams and requests that wait for a change do, for metrics. Its methods do
 * nothing unless they are overridden.
 *
 * <p>Called by any number of threads at once, so it must be thread-safe and must not block.
 * Whatever it throws is logged and has no other effect.
 */
public interface StreamListener {
  /**
   * Says how many event streams and requests that wait are open. Called after each change of that,
   * one call at a time.
   *
   * @param open how many
   */
  default void streamsOpen(int open) {}

  /**
   * Says that an event stream goes on from where its client was: the client gets no snapshot, but
   * the changes since, if there are any.
   */
  default void resumed() {}

  /** Says that an event stream was sent a snapshot: all services that its query asks for. */
  default void snapshotSent() {}

  /**
   * Says that an event stream was sent changes.
   *
   * @param sent how many events {@code put} and {@code gone}
   * @param merged how many other changes these events stand for: the client, which was slow or
   *     away, gets the newest state of each service, and not each step
   */
  default void changesSent(int sent, int merged) {}

  /** Says that a client was cut off because it took nothing of what it was sent. */
  default void cutOff() {}
}
