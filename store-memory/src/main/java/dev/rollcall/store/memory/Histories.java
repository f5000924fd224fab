package dev.rollcall.store.memory;

import dev.rollcall.Ulid;
import dev.rollcall.history.ServiceEvent;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened to the ids, within bounds. A live entry says itself how it started, and has the
 * {@linkplain PastEvents events before} and what it has refused; {@link GoneServices} has those of
 * ids that are not alive.
 *
 * <p>Each of the two has half of the room: whoever registers under ever new ids pushes out what is
 * known of ids that are gone, and not the history of a live service; and that of live services
 * leaves room for how others ended.
 *
 * <p>What changes a history is called under the map's lock for its id.
 */
final class Histories {
  private final boolean isKept;
  private final Timeline time;

  /** What the events of live services take, except those of their starts. */
  private final ByteBudget live;

  private final ByteBudget ended;
  private final GoneServices gone;

  /**
   * Creates them.
   *
   * @param keep how long the history of a service is kept that is gone; zero for no history at all
   */
  Histories(Timeline time, Duration keep, long maxBytes) {
    this.isKept = !keep.isZero();
    this.time = time;
    this.live = new ByteBudget(maxBytes / 2);
    this.ended = new ByteBudget(maxBytes / 2);
    this.gone = new GoneServices(ended, keep.toNanos());
  }

  /** Returns whether there is a history at all. */
  boolean isKept() {
    return isKept;
  }

  /**
   * What a change of an entry that is in the map needs for its history, made before anything is
   * changed: from then on nothing is allocated.
   *
   * @param past the events before the entry, with room for how it started and how it ended
   * @param name the name of the service
   */
  record Prepared(PastEvents past, String name) {}

  /**
   * Prepares the change of an entry.
   *
   * @param events how many events it will add
   * @return what it needs, or null without a history
   */
  @Nullable Prepared prepare(Entry entry, int events) {
    return isKept ? new Prepared(PastEvents.withRoom(entry.past(), events), entry.name()) : null;
  }

  /** Continues the history of an id that was not alive. */
  void begin(String id, Entry entry) {
    PastEvents past = isKept ? gone.take(id) : null;
    if (past != null) {
      past.comeBack(entry.startMillis());
      entry.startAgain(live.tryAdd(past.bytes()) ? past : null);
    }
  }

  /**
   * Continues the history of an id whose entry was in the map and alive.
   *
   * @param prepared with room for one event
   */
  void supersede(Entry entry, Entry old, @Nullable Prepared prepared) {
    if (prepared != null) {
      int counted = bytesOf(old);
      old.addStartTo(prepared.past(), prepared.name());
      entry.supersede(countAgain(prepared.past(), counted));
    }
  }

  /**
   * Continues the history of an id whose entry was in the map and had expired.
   *
   * @param prepared with room for two events
   */
  void comeBack(Entry entry, Entry old, @Nullable Prepared prepared) {
    if (prepared != null) {
      PastEvents past = prepared.past();
      int counted = bytesOf(old);
      old.addStartTo(past, prepared.name());
      old.addExpiryTo(past, time);
      past.comeBack(entry.startMillis());
      entry.startAgain(countAgain(past, counted));
    }
  }

  /**
   * Notes that a live entry has refused a call. If there is no room or no memory for it, it is
   * forgotten: it must not fail the call.
   *
   * @param lease what the call named as its lease
   * @param client who asked for it, or null
   */
  void refuse(Entry holder, EventKind kind, String lease, @Nullable String client, long nowNanos) {
    if (!isKept) {
      return;
    }
    try {
      PastEvents before = holder.past();
      boolean isFirst = before == null || !before.hasNewRefusal();
      PastEvents past = isFirst ? PastEvents.withRoom(before, 1) : before;
      String name = holder.name();
      String address = kept(client);
      Ulid refused = Ulid.parse(lease).orElse(null);
      int counted = bytesOf(holder);
      int most = past.bytes() + PastEvents.mostBytesOfRefusal(name, address);
      if (live.tryAdd(most - counted)) {
        long at = Math.max(holder.startMillis(), time.wallMillis(nowNanos));
        past.refuse(kind, at, refused, name, address);
        holder.keepRefusal(past);
        live.remove(most - past.bytes());
      }
    } catch (OutOfMemoryError e) {
      // Nothing has changed: what allocates comes before.
    }
  }

  /** Returns who asked for something, or null if that is unknown or too long. */
  private static @Nullable String kept(@Nullable String client) {
    boolean isShort = client != null && client.length() <= ServiceEvent.MAX_CLIENT_LENGTH;
    return isShort ? client : null;
  }

  /** Counts events that have grown, or forgets them. */
  private @Nullable PastEvents countAgain(PastEvents past, int counted) {
    if (live.tryAdd(past.bytes() - counted)) {
      return past;
    }
    live.remove(counted);
    return null;
  }

  private static int bytesOf(Entry entry) {
    PastEvents past = entry.past();
    return past == null ? 0 : past.bytes();
  }

  /**
   * Keeps the history of an id that was removed.
   *
   * @param prepared with room for two events
   */
  void remove(
      String id,
      Entry removed,
      @Nullable Prepared prepared,
      boolean isByLease,
      @Nullable String client,
      long nowNanos) {
    forget(removed);
    if (prepared != null) {
      removed.addStartTo(prepared.past(), prepared.name());
      prepared.past().addRemoval(time.wallMillis(nowNanos), isByLease, kept(client));
      addGone(id, prepared.past());
    }
  }

  /**
   * Keeps the history of an id whose lease has ended. If there is no memory for that, it is
   * forgotten: what gives memory back must not need any.
   */
  void expire(String id, Entry expired) {
    Prepared prepared = null;
    try {
      prepared = prepare(expired, 2);
    } catch (OutOfMemoryError e) {
      // The history is forgotten.
    }
    forget(expired);
    if (prepared != null) {
      expired.addStartTo(prepared.past(), prepared.name());
      expired.addExpiryTo(prepared.past(), time);
      addGone(id, prepared.past());
    }
  }

  /** The id is gone, whatever happens here: if there is no memory, the history is lost. */
  private void addGone(String id, PastEvents past) {
    try {
      gone.add(id, past, time.nanoTime());
    } catch (OutOfMemoryError e) {
      // The map of those that are gone is as before.
    }
  }

  /** Counts the events of an entry no more, when it leaves the map. */
  void forget(Entry entry) {
    live.remove(bytesOf(entry));
  }

  /** Passes on what happened to an id that is not alive, newest first. */
  void ofGone(String id, EventSink sink) {
    PastEvents past = gone.get(id);
    if (past != null) {
      past.forEach(id, PastEvents.MAX_EVENTS, sink);
    }
  }

  /** Returns the ids that are gone, the last one last. */
  List<String> goneIds() {
    return gone.ids();
  }

  void removeOld(long nowNanos) {
    gone.removeOld(nowNanos);
  }

  void clear() {
    gone.clear();
  }

  /** Returns about how many bytes the history takes, besides what services count. */
  long bytes() {
    return live.bytes() + ended.bytes();
  }

  /** Returns how many ids that are not alive have a history. */
  int gone() {
    return gone.size();
  }
}
