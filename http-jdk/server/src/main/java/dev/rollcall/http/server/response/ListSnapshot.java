package dev.rollcall.http.server.response;

import dev.rollcall.Service;
import dev.rollcall.discovery.Query;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The services at one moment, for all requests that share them: whatever they ask for, the store is
 * read once for all, and those that ask for the same share what is encoded.
 *
 * <p>Safe for use by any number of threads.
 */
public final class ListSnapshot {
  private final List<Service> services;
  private final ResponseJson json;
  private final LastVersion lastVersion;

  /** By what was asked for; no more than there are requests that share this. */
  private final Map<Asked, ListPage> pages = new ConcurrentHashMap<>();

  private record Asked(ListForm form, Query query) {}

  /**
   * Creates a snapshot.
   *
   * @param services in the order of their ids
   * @param json encodes them
   * @param lastVersion knows the version of the snapshot before
   */
  public ListSnapshot(List<Service> services, ResponseJson json, LastVersion lastVersion) {
    this.services = services;
    this.json = json;
    this.lastVersion = lastVersion;
  }

  /** Returns those services that a query asks for, in a form. */
  public ListPage select(ListForm form, Query query) {
    return pages.computeIfAbsent(
        new Asked(form, query), asked -> ListPage.of(form, services, query, json, lastVersion));
  }

  /** Gives up what was encoded. Whoever sends a part of it still holds that part. */
  public void release() {
    pages.values().forEach(ListPage::release);
  }
}
