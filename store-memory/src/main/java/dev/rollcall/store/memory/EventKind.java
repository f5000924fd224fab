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
  REMOVED_BY_LEASE(6, ServiceEvent.Type.DEREGISTERED),
  REFUSED_PING(7, ServiceEvent.Type.REFUSED),
  REFUSED_REMOVAL(8, ServiceEvent.Type.REFUSED),
  REFUSED_UPDATE(9, ServiceEvent.Type.REFUSED);

  private static final EventKind[] BY_CODE = values();

  private final int code;
  private final ServiceEvent.Type type;

  EventKind(int code, ServiceEvent.Type type) {
    this.code = code;
    this.type = type;
  }

  /** Returns its number, which is less than 16. */
  int code() {
    return code;
  }

  static EventKind of(int code) {
    return BY_CODE[code];
  }

  boolean isEnd() {
    return type.isEnd();
  }

  /** Returns whether calls were refused. */
  boolean isRefusal() {
    return type == ServiceEvent.Type.REFUSED;
  }

  /** Returns whether a registration or an update starts with it. */
  boolean isStart() {
    return !isEnd() && !isRefusal();
  }

  /** Starts an event of this kind. */
  ServiceEvent.Builder event(String id, String name, long atMillis) {
    ServiceEvent.Builder event =
        ServiceEvent.builder(type, id, name, Instant.ofEpochMilli(atMillis));
    return switch (this) {
      case CAME_BACK -> event.again();
      case REMOVED_BY_LEASE -> event.byLease();
      case REFUSED_PING -> event.call(ServiceEvent.Call.PING);
      case REFUSED_REMOVAL -> event.call(ServiceEvent.Call.DEREGISTER);
      case REFUSED_UPDATE -> event.call(ServiceEvent.Call.UPDATE);
      default -> event;
    };
  }
}
