package dev.rollcall.store.memory;

import dev.rollcall.history.ServiceEvent;
import java.time.Instant;

/** What an event is, as a number of a few bits. */
enum EventKind {
  REGISTERED(0, ServiceEvent.Type.REGISTERED),
  CAME_BACK(1, ServiceEvent.Type.REGISTERED),
  SUPERSEDED(2, ServiceEvent.Type.SUPERSEDED),
  UPDATED(3, ServiceEvent.Type.UPDATED),
  EXPIRED(4, ServiceEvent.Type.EXPIRED),
  REMOVED_BY_ID(5, ServiceEvent.Type.DEREGISTERED),
  REMOVED_BY_LEASE(6, ServiceEvent.Type.DEREGISTERED);

  private static final EventKind[] BY_CODE = values();

  private final int code;
  private final ServiceEvent.Type type;

  EventKind(int code, ServiceEvent.Type type) {
    this.code = code;
    this.type = type;
  }

  /** Returns its number, which is less than 8. */
  int code() {
    return code;
  }

  static EventKind of(int code) {
    return BY_CODE[code];
  }

  boolean isEnd() {
    return type.isEnd();
  }

  /** Starts an event of this kind. */
  ServiceEvent.Builder event(String id, String name, long atMillis) {
    ServiceEvent.Builder event =
        ServiceEvent.builder(type, id, name, Instant.ofEpochMilli(atMillis));
    return switch (this) {
      case CAME_BACK -> event.again();
      case REMOVED_BY_LEASE -> event.byLease();
      default -> event;
    };
  }
}
