package dev.rollcall.metrics;

import dev.rollcall.registrar.Registrar;
import dev.rollcall.registrar.RegistrarListener;
import dev.rollcall.registrar.RegistrarState;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts registrars by where they stand, from their first step to their last. */
final class RegistrarMeters implements RegistrarListener {
  private final Map<RegistrarState, AtomicInteger> standing = new EnumMap<>(RegistrarState.class);

  RegistrarMeters(Meters meters) {
    for (RegistrarState state : RegistrarState.values()) {
      if (isCounted(state)) {
        AtomicInteger count = new AtomicInteger();
        standing.put(state, count);
        meters.gauge(
            "rollcall.keepalive",
            "Registrars by where they stand",
            count,
            AtomicInteger::get,
            "state",
            state.name().toLowerCase(Locale.ROOT));
      }
    }
  }

  /** A registrar is heard of when it leaves the first state, and is none of ours in the last. */
  private static boolean isCounted(RegistrarState state) {
    return state != RegistrarState.NEW && state != RegistrarState.CLOSED;
  }

  @Override
  public void changed(Registrar registrar, RegistrarState from, RegistrarState to) {
    if (isCounted(from)) {
      standing.get(from).decrementAndGet();
    }
    if (isCounted(to)) {
      standing.get(to).incrementAndGet();
    }
  }
}
