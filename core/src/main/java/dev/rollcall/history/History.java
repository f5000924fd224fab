package dev.rollcall.history;

import java.util.List;

/**
 * What happened to services, those that are gone included: why an id vanished, who took it over,
 * when it came back, and that calls of others who have the same id were refused.
 *
 * <p>It is a help for people, bounded everywhere: of each service the newest events, and those of a
 * service that is gone for a limited time. Old events are dropped silently. No decision about a
 * lease depends on it.
 *
 * <p>Implementations are safe for use by any number of threads. Each method may block for one round
 * trip to the store, and after its registry or store was closed throws {@link
 * IllegalStateException}.
 */
public interface History {

  /**
   * Returns what is known to have happened to an id.
   *
   * <p>If the id is not alive, the newest event says how it ended: the end of a lease is recorded
   * by this call at the latest.
   *
   * @param id the id, alive or not
   * @return the events, newest first, unmodifiable; empty if nothing is known of the id
   * @throws dev.rollcall.RejectedException if the registry refuses the caller
   * @throws dev.rollcall.RegistryUnavailableException if the registry or its store could not be
   *     asked
   */
  List<ServiceEvent> of(String id);

  /**
   * Returns the newest events of all ids.
   *
   * <p>It may read the histories of all services, so it costs about as much as a list.
   *
   * @param query which events
   * @return the events, newest first, unmodifiable
   * @throws dev.rollcall.RejectedException if the registry refuses the caller
   * @throws dev.rollcall.RegistryBusyException if the registry has no memory for them, or as many
   *     lists under way as it may
   * @throws dev.rollcall.RegistryUnavailableException if the registry or its store could not be
   *     asked
   */
  List<ServiceEvent> newest(EventQuery query);
}
