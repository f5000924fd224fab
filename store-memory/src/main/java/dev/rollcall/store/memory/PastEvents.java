package dev.rollcall.store.memory;

import dev.rollcall.Ulid;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.history.ServiceMark;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What happened to an id before its live service registered, or before it was gone: a ring buffer
 * of the newest events, which is bounded in number and in bytes.
 *
 * <p>Of the live service it has the calls that were refused, as one event, which is kept before
 * that of the service's start: so the newest event is a refusal only while the start is not here
 * yet. A reader is given the two in the order in which they happened.
 *
 * <p>An event is four numbers and two texts. So an id that registers again and again allocates
 * nothing for it, and its events are no list for the garbage collector to follow.
 *
 * <p>Used under the map's lock for its id, except {@link #isFlapping}.
 */
final class PastEvents {
  /** How many events of an id are kept; with a live service, one of them is that of its start. */
  static final int MAX_EVENTS = 16;

  /** How many bytes the texts of these may take, unless those of a single event take more. */
  static final int MAX_TEXT_BYTES = 3_000;

  /** How many bytes one has with compressed references, without its arrays. */
  private static final int BYTES = 64;

  private static final int ARRAY_BYTES = 16;

  /**
   * The first is the time in milliseconds, and in its lowest bits the kind. Then come the two
   * halves of the lease id. The last is of a lease that ended its ttl, and how late its last ping
   * was; of a refusal, how many calls were refused.
   */
  private static final int NUMBERS = 4;

  /** The name, and the url of a start or the client's address of a removal or a refusal. */
  private static final int TEXTS = 2;

  private static final int KIND_BITS = 4;

  private static final int INT_BITS = 32;

  private static final long LONG_PAST = Long.MIN_VALUE / 2;

  private final long[] numbers;
  private final @Nullable String[] texts;
  private int oldest;
  private int size;
  private int textBytes;

  // When the id came back last, and before that; a time long past if it did not.
  private long lastComeback = LONG_PAST;
  private long secondLastComeback = LONG_PAST;
  private long thirdLastComeback = LONG_PAST;

  /** When it was gone, by {@link GoneServices}. */
  private long goneAtNanos;

  private PastEvents(int capacity) {
    numbers = new long[capacity * NUMBERS];
    texts = new String[capacity * TEXTS];
  }

  /**
   * Returns the events of an id with room for some more, if it may have more; otherwise the oldest
   * ones are overwritten. The given ones are not changed.
   *
   * @param events what happened before; null if nothing did
   * @param more how many more, 1 or 2
   */
  static PastEvents withRoom(@Nullable PastEvents events, int more) {
    if (events == null) {
      return new PastEvents(more);
    }
    int capacity = events.capacity();
    if (events.size + more <= capacity || capacity == MAX_EVENTS) {
      return events;
    }
    PastEvents larger = new PastEvents(Math.min(MAX_EVENTS, 2 * Math.max(2, capacity)));
    for (int i = 0; i < events.size; i++) {
      int from = events.place(i);
      System.arraycopy(events.numbers, from * NUMBERS, larger.numbers, i * NUMBERS, NUMBERS);
      System.arraycopy(events.texts, from * TEXTS, larger.texts, i * TEXTS, TEXTS);
    }
    larger.size = events.size;
    larger.textBytes = events.textBytes;
    larger.lastComeback = events.lastComeback;
    larger.secondLastComeback = events.secondLastComeback;
    larger.thirdLastComeback = events.thirdLastComeback;
    return larger;
  }

  private int capacity() {
    return texts.length / TEXTS;
  }

  /** Returns where the event is kept before which there are so many. */
  private int place(int index) {
    int place = oldest + index;
    int capacity = capacity();
    return place < capacity ? place : place - capacity;
  }

  /** Adds the start of a registration or an update. */
  void addStart(
      EventKind kind, long atMillis, long leaseHigh, long leaseLow, String name, String url) {
    String sameUrl = url;
    int last = lastStart();
    if (last >= 0 && url.equals(textOf(last))) {
      sameUrl = textOf(last);
    }
    add(kind, atMillis, leaseHigh, leaseLow, 0, name, sameUrl);
  }

  /** Adds the end of the lease of the last start, by itself. */
  void addExpiry(long atMillis, int ttlMillis, int lateMillis) {
    long lease = ((long) ttlMillis << INT_BITS) | lateMillis;
    addEnd(EventKind.EXPIRED, atMillis, lease, null);
  }

  /** Adds the removal of what the last start started. */
  void addRemoval(long atMillis, boolean isByLease, @Nullable String client) {
    EventKind kind = isByLease ? EventKind.REMOVED_BY_LEASE : EventKind.REMOVED_BY_ID;
    addEnd(kind, atMillis, 0, client);
  }

  /** Returns whether calls were refused while the service held the id that holds it now. */
  boolean hasNewRefusal() {
    return size > 0 && kindOf(size - 1).isRefusal();
  }

  /** Returns by how many bytes {@link #refuse} can make the texts longer. */
  static int mostBytesOfRefusal(String name, @Nullable String client) {
    return bytesOf(name) + (client == null ? 0 : bytesOf(client));
  }

  /**
   * Notes that the live service has refused a call. The first time it needs {@linkplain #withRoom
   * room} for one event.
   *
   * @param atMillis when, not before the service started
   * @param lease which lease was refused, or null if it was none
   * @param name the name of the live service
   * @param client who asked, or null
   */
  void refuse(
      EventKind kind, long atMillis, @Nullable Ulid lease, String name, @Nullable String client) {
    long high = lease == null ? 0 : lease.high();
    long low = lease == null ? 0 : lease.low();
    if (!hasNewRefusal()) {
      add(kind, atMillis, high, low, 1, name, client);
      return;
    }
    int place = place(size - 1);
    int number = place * NUMBERS;
    long last = Math.max(atMillis, atMillis(size - 1));
    numbers[number] = last << KIND_BITS | kind.code();
    numbers[number + 1] = high;
    numbers[number + 2] = low;
    numbers[number + 3]++;
    String before = textOf(size - 1);
    if (!Objects.equals(before, client)) {
      textBytes -= before == null ? 0 : bytesOf(before);
      textBytes += client == null ? 0 : bytesOf(client);
      texts[place * TEXTS + 1] = client;
      forgetBeyondBytes();
    }
  }

  private void addEnd(EventKind kind, long atMillis, long lease, @Nullable String client) {
    int started = place(size - 1);
    long high = numbers[started * NUMBERS + 1];
    long low = numbers[started * NUMBERS + 2];
    add(kind, atMillis, high, low, lease, nameOf(size - 1), client);
  }

  private void add(
      EventKind kind,
      long atMillis,
      long leaseHigh,
      long leaseLow,
      long lease,
      String name,
      @Nullable String text) {
    if (size == capacity()) {
      passOldest(); // The new one takes its place.
    }
    int place = place(size);
    int number = place * NUMBERS;
    numbers[number] = atMillis << KIND_BITS | kind.code();
    numbers[number + 1] = leaseHigh;
    numbers[number + 2] = leaseLow;
    numbers[number + 3] = lease;
    boolean isSameName = size > 0 && name.equals(nameOf(size - 1));
    setText(place * TEXTS, isSameName ? nameOf(size - 1) : name);
    setText(place * TEXTS + 1, text);
    textBytes += isSameName ? 0 : bytesOf(name);
    boolean isSameText = kind.isStart() && text != null && isText(lastStart(), text);
    textBytes += text == null || isSameText ? 0 : bytesOf(text);
    size++;
    forgetBeyondBytes();
  }

  private void forgetBeyondBytes() {
    while (textBytes > MAX_TEXT_BYTES && size > 1) {
      removeOldest();
    }
  }

  /** A write would have the garbage collector look at the array, which is mostly the same. */
  @SuppressWarnings("ReferenceEquality")
  private void setText(int index, @Nullable String text) {
    if (texts[index] != text) {
      texts[index] = text;
    }
  }

  private void removeOldest() {
    int place = oldest;
    passOldest();
    texts[place * TEXTS] = null;
    texts[place * TEXTS + 1] = null;
  }

  /**
   * Counts the oldest event no more. Its name counts on if the next event has the same, and its url
   * if the next start has.
   */
  @SuppressWarnings("ReferenceEquality") // an equal text takes memory of its own
  private void passOldest() {
    String name = nameOf(0);
    String text = textOf(0);
    textBytes -= size > 1 && nameOf(1) == name ? 0 : bytesOf(name);
    int next = 1; // the next start
    while (next < size && !kindOf(next).isStart()) {
      next++;
    }
    boolean isSameText = kindOf(0).isStart() && text != null && next < size && isText(next, text);
    textBytes -= text == null || isSameText ? 0 : bytesOf(text);
    oldest = place(1);
    size--;
  }

  @SuppressWarnings("ReferenceEquality") // as above
  private boolean isText(int index, String text) {
    return index >= 0 && textOf(index) == text;
  }

  /** Returns the index of the last start, or -1 if no start is known. */
  private int lastStart() {
    int last = size - 1;
    while (last >= 0 && !kindOf(last).isStart()) {
      last--;
    }
    return last;
  }

  private String nameOf(int index) {
    return Objects.requireNonNull(texts[place(index) * TEXTS]);
  }

  private @Nullable String textOf(int index) {
    return texts[place(index) * TEXTS + 1];
  }

  private EventKind kindOf(int index) {
    return EventKind.of((int) numbers[place(index) * NUMBERS] & ((1 << KIND_BITS) - 1));
  }

  private long atMillis(int index) {
    return numbers[place(index) * NUMBERS] >> KIND_BITS;
  }

  /** Notes that the id has come back. */
  void comeBack(long atMillis) {
    thirdLastComeback = secondLastComeback;
    secondLastComeback = lastComeback;
    lastComeback = atMillis;
  }

  /**
   * Returns whether the id has come back {@link ServiceMark#FLAPPING_COMEBACKS} times, which are
   * three, within the window. For any thread: one that reads this while the id comes back may get
   * what was true before.
   */
  boolean isFlapping(long nowMillis) {
    return nowMillis - thirdLastComeback < ServiceMark.FLAPPING_WINDOW.toMillis();
  }

  /** Says when the id was gone. */
  void goneAt(long nanos) {
    goneAtNanos = nanos;
  }

  long goneAtNanos() {
    return goneAtNanos;
  }

  int size() {
    return size;
  }

  /** Passes on the calls that the live service has refused, if it has. */
  void newRefusal(String id, EventSink sink) {
    if (hasNewRefusal()) {
      pass(id, size - 1, sink);
    }
  }

  /**
   * Passes on the newest events, newest first, without what the {@linkplain #newRefusal live
   * service has refused}.
   */
  void forEach(String id, int most, EventSink sink) {
    int left = most;
    int index = hasNewRefusal() ? size - 2 : size - 1;
    while (index >= 0 && left > 0) {
      boolean isRefusalBefore = index > 0 && kindOf(index - 1).isRefusal();
      if (isRefusalBefore && kindOf(index).isStart()) {
        pass(id, index - 1, sink); // It happened after the start.
        left--;
        if (left > 0) {
          pass(id, index, sink);
        }
        left--;
        index -= 2;
      } else {
        pass(id, index, sink);
        left--;
        index--;
      }
    }
  }

  private void pass(String id, int index, EventSink sink) {
    if (sink.wants(nameOf(index), atMillis(index))) {
      sink.add(event(id, index));
    }
  }

  private ServiceEvent event(String id, int index) {
    int number = place(index) * NUMBERS;
    EventKind kind = kindOf(index);
    ServiceEvent.Builder event = kind.event(id, nameOf(index), atMillis(index));
    long high = numbers[number + 1];
    long low = numbers[number + 2];
    if (!kind.isRefusal() || (high | low) != 0) { // otherwise what was refused is no lease
      event.leaseId(new Ulid(high, low).toString());
    }
    String text = textOf(index);
    if (text != null) {
      event = kind.isStart() ? event.url(text) : event.client(text);
    }
    if (kind.isRefusal()) {
      event.count(numbers[number + 3]);
    }
    if (kind == EventKind.EXPIRED) {
      long lease = numbers[number + 3];
      event.lastPingAt(Instant.ofEpochMilli(atMillis(index) - (lease >> INT_BITS)));
      int late = (int) lease;
      if (late > 0) {
        event.lateness(Duration.ofMillis(late));
      }
    }
    return event.build();
  }

  /** Returns about how many bytes of heap it takes. */
  int bytes() {
    int capacity = capacity();
    return BYTES
        + 2 * ARRAY_BYTES
        + capacity * (NUMBERS * Long.BYTES + TEXTS * Integer.BYTES)
        + textBytes;
  }

  /** A string, its array, and the rounding up of the latter. */
  static int bytesOf(String text) {
    boolean isLatin1 = true;
    for (int i = 0; isLatin1 && i < text.length(); i++) {
      isLatin1 = text.charAt(i) <= 0xff;
    }
    return 24 + 16 + 8 + text.length() * (isLatin1 ? 1 : 2);
  }
}
