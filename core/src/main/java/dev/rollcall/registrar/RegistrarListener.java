package dev.rollcall.registrar;

/**
 * Hears of each change of a {@link Registrar}'s state.
 *
 * <p>It is called once a change, in their order, by one thread at a time, which is none that sends
 * pings: it may block, and it may call any method of the registrar, {@link Registrar#close()}
 * included. What it throws is logged. It hears of a change shortly after, so the registrar may have
 * moved on by then.
 */
@FunctionalInterface
public interface RegistrarListener {

  /**
   * Hears of a change.
   *
   * @param registrar whose state changed; its lease, last error and counts tell more
   * @param from where it stood
   * @param to where it stands
   */
  void changed(Registrar registrar, RegistrarState from, RegistrarState to);
}
