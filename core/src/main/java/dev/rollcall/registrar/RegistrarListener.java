package dev.rollcall.registrar;

/**
 * Is notified of each change of a {@link Registrar}'s state.
 *
 * <p>It is called once for each change, in order, by one thread at a time that sends no pings. So
 * it may block, and may call any method of the registrar, {@link Registrar#close()} included. What
 * it throws is logged. It is called shortly after the change; the registrar may have changed again
 * by then.
 */
@FunctionalInterface
public interface RegistrarListener {

  /**
   * Is notified of a change.
   *
   * @param registrar whose state changed; its lease, last error and counts tell more
   * @param from the state before
   * @param to the state after
   */
  void changed(Registrar registrar, RegistrarState from, RegistrarState to);
}
