package dev.rollcall.metrics;

import dev.rollcall.registrar.Registrar;
import dev.rollcall.registrar.RegistrarListener;
import dev.rollcall.registrar.RegistrarState;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts registrars by state, from their start until they are closed. */
final class RegistrarMeters implements RegistrarListener {
  private final Map<RegistrarState, AtomicInteger> counts = new EnumMap<>(RegistrarState.class);

  RegistrarMeters(MeterFactory meters) {
    for (RegistrarState state : RegistrarState.values()) {
      if (isCounted(state)) {
        AtomicInteger count = new AtomicInteger();
        counts.put(state, count);
        meters.gauge(
            "rollcall.keepalive",
            "Registrars by state",
            count,
            AtomicInteger::get,
            "state",
            state.name().toLowerCase(Locale.ROOT));
      }
    }
  }

  /** A registrar is not counted before it leaves its first state, or in its last one. */
  private static boolean isCounted(RegistrarState state) {
    return state != RegistrarState.NEW && state != RegistrarState.CLOSED;
  }

  @Override
  public void changed(Registrar registrar, RegistrarState from, RegistrarState to) {
    if (isCounted(from)) {
      counts.get(from).decrementAndGet();
    }
    if (isCounted(to)) {
      counts.get(to).incrementAndGet();
    }
  }
}
