package dev.rollcall;

/**
 * Where a {@link Registrar} stands.
 *
 * <pre>
 *   NEW ──start──▶ REGISTERING ──▶ REGISTERED ──another took the id──▶ SUPERSEDED
 *                    ▲    ▲            │                                   │
 *                    │    └──not found─┘                                   │
 *                    └────────────────the holder is gone───────────────────┘
 *   any ──close──▶ CLOSED
 * </pre>
 */
public enum RegistrarState {
  /** Not started. */
  NEW,
  /** Not registered, and trying to be. */
  REGISTERING,
  /** Registered; pings that fail are tried again, and the lease may hold meanwhile. */
  REGISTERED,
  /** Another registration of the id holds it; asking at the interval whether it is gone. */
  SUPERSEDED,
  /** Closed for good. */
  CLOSED
}
