package dev.rollcall.registrar;

/**
 * The states of a {@link Registrar}.
 *
 * <pre>
 *   NEW ──start──▶ WAITING ──ready──▶ REGISTERING ──registered──▶ REGISTERED ◀──answered──┐
 *    └──no readiness check──────────────▲                          │  ▲  └─ping failed─▶ RETRYING
 *                                                                  │  │                   │
 *   not found, or the lease ended:  REGISTERED, RETRYING ──▶ LOST ─┼──┘ registered again  │
 *   another took the id:            REGISTERED, RETRYING, LOST ──▶ SUPERSEDED ◀───────────┘
 *   its holder is gone:             SUPERSEDED ──▶ LOST
 *
 *   any ──close──▶ CLOSING ──▶ CLOSED
 * </pre>
 */
public enum RegistrarState {
  /** Not started. */
  NEW,
  /** Waiting until the service is ready; nothing is registered before. */
  WAITING,
  /** Asking to be registered for the first time. */
  REGISTERING,
  /** Registered, and the last ping was answered. */
  REGISTERED,
  /** Registered, but the last ping failed; it is tried again while the lease can be saved. */
  RETRYING,
  /**
   * No longer registered: the registry lost the service, or its lease has ended. Registers again.
   */
  LOST,
  /** Another registration holds the id. Asks at the interval whether that one is gone. */
  SUPERSEDED,
  /** Being closed: no more pings; the service is being deregistered. */
  CLOSING,
  /** Closed for good. */
  CLOSED
}
