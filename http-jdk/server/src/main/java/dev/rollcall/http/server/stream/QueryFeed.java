package dev.rollcall.http.server.stream;

import dev.rollcall.Service;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.SetVersion;
import dev.rollcall.http.server.response.ContentCoding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What all who watch with one query share: the version of what the query selects, and the list of
 * it while somebody is sent it.
 *
 * <p>Guarded by the broadcaster's lock, except {@link #telling} and what says otherwise.
 */
final class QueryFeed {
  /** Mixes a hash of 32 bits into 64: the golden ratio, as Fibonacci hashing has it. */
  private static final long MIX = 0x9E3779B97F4A7C15L;

  private final Query query;
  private final String epoch;
  private final byte[] idPrefix;
  private final Set<Subscriber> subscribers = new LinkedHashSet<>();
  private SetVersion version = SetVersion.EMPTY;
  private long concernedSequence;

  /** Held while the list is encoded, so that it is encoded once. */
  private final ReentrantLock encoding = new ReentrantLock();

  /** By what the client accepts. Guarded by {@link #encoding}. */
  private final Map<ContentCoding, EncodedList> encoded = new EnumMap<>(ContentCoding.class);

  /**
   * Creates a feed of which nothing is known.
   *
   * @param seed is random for each broadcaster. An epoch names the query as well, so that a cursor
   *     of another query is not taken for one of this
   */
  QueryFeed(Query query, long seed) {
    this.query = query;
    this.epoch =
        Long.toUnsignedString(seed ^ MIX * query.toString().hashCode(), Character.MAX_RADIX);
    this.idPrefix = Events.idOf(epoch);
  }

  /**
   * One change as a stream is told of it.
   *
   * @param entry the newest change of the service
   * @param type what has happened since the stream was last told
   */
  record Told(JournalEntry entry, Change.Type type) {
    byte[] event() {
      return entry.event(type);
    }
  }

  Query query() {
    return query;
  }

  byte[] idPrefix() {
    return idPrefix;
  }

  Set<Subscriber> subscribers() {
    return subscribers;
  }

  ReentrantLock encoding() {
    return encoding;
  }

  /** Returns the last lists, by what the client accepts; for use with {@link #encoding} held. */
  Map<ContentCoding, EncodedList> encoded() {
    return encoded;
  }

  SetVersion version() {
    return version;
  }

  /** Returns the last change that concerns the query, or a later number. */
  long concernedSequence() {
    return concernedSequence;
  }

  Cursor cursorAt(long sequence, SetVersion known) {
    return new Cursor(epoch, sequence, known.toString());
  }

  boolean isOf(Cursor cursor) {
    return cursor.epoch().equals(epoch);
  }

  /** Takes over what is known. */
  void start(Collection<Service> services, long sequence) {
    version = SetVersion.of(query.select(services));
    concernedSequence = sequence;
  }

  /** Takes in a change; returns whether it concerns the query. */
  boolean apply(JournalEntry entry) {
    Change change = entry.change();
    Optional<Service> before = change.previous().filter(query::matches);
    boolean isSelected = !change.isGone() && query.matches(change.service());
    before.ifPresent(service -> version = version.minus(service));
    if (isSelected) {
      version = version.plus(change.service());
    }
    boolean isConcerned = isSelected || before.isPresent();
    if (isConcerned) {
      concernedSequence = entry.sequence();
    }
    return isConcerned;
  }

  /**
   * What a stream is to be told.
   *
   * @param events at most one for each service, in the order of their last changes
   * @param merged how many other changes that concern the query they stand for
   */
  record Telling(List<Told> events, int merged) {}

  /** Returns what a stream is to be told that knows all before some changes. Needs no lock. */
  Telling telling(List<JournalEntry> changes) {
    Map<String, Optional<Service>> known = new HashMap<>();
    Map<String, JournalEntry> newest = new LinkedHashMap<>();
    int concerned = 0;
    for (JournalEntry entry : changes) {
      String id = entry.change().id();
      concerned += isConcernedBy(entry.change()) ? 1 : 0;
      known.computeIfAbsent(id, key -> entry.change().previous().filter(query::matches));
      newest.remove(id);
      newest.put(id, entry);
    }
    List<Told> told = new ArrayList<>(newest.size());
    newest.forEach(
        (id, entry) ->
            typeOf(entry.change(), known.get(id))
                .ifPresent(type -> told.add(new Told(entry, type))));
    return new Telling(told, concerned - told.size());
  }

  private boolean isConcernedBy(Change change) {
    return change.previous().filter(query::matches).isPresent()
        || (!change.isGone() && query.matches(change.service()));
  }

  /** Returns what has happened to a service; empty if nothing that the query sees. */
  private Optional<Change.Type> typeOf(Change newest, Optional<Service> known) {
    Service service = newest.service();
    if (!newest.isGone() && query.matches(service)) {
      return Optional.of(Change.Type.of(known, service));
    }
    if (known.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(newest.isGone() ? newest.type() : Change.Type.UNMATCHED);
  }
}
