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
   * halves of the lease id. The last is of a lease that ended: its ttl, and how late its last ping
   * was.
   */
  private static final int NUMBERS = 4;

  /** The name, and the url of a start or the client's address of a removal. */
  private static final int TEXTS = 2;

  private static final int KIND_BITS = 3;

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
    boolean isShort = client != null && client.length() <= ServiceEvent.MAX_CLIENT_LENGTH;
    addEnd(kind, atMillis, 0, isShort ? client : null);
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
    textBytes += text == null || isText(lastStart(), text) ? 0 : bytesOf(text);
    size++;
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

  /** Counts the oldest event no more. Its texts count on if the next one has the same. */
  @SuppressWarnings("ReferenceEquality") // an equal text takes memory of its own
  private void passOldest() {
    String name = nameOf(0);
    String text = textOf(0);
    textBytes -= size > 1 && nameOf(1) == name ? 0 : bytesOf(name);
    int next = size > 1 && kindOf(1).isEnd() ? 2 : 1; // the next start
    textBytes -= text == null || (next < size && isText(next, text)) ? 0 : bytesOf(text);
    oldest = place(1);
    size--;
  }

  @SuppressWarnings("ReferenceEquality") // as above
  private boolean isText(int index, String text) {
    return index >= 0 && textOf(index) == text;
  }

  /** Returns the index of the last start, or a negative number if there are no events. */
  private int lastStart() {
    return size > 0 && kindOf(size - 1).isEnd() ? size - 2 : size - 1;
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

  /** Passes on the newest events, newest first. */
  void forEach(String id, int most, EventSink sink) {
    for (int i = size - 1; i >= Math.max(0, size - most); i--) {
      if (sink.wants(nameOf(i), atMillis(i))) {
        sink.add(event(id, i));
      }
    }
  }

  private ServiceEvent event(String id, int index) {
    int number = place(index) * NUMBERS;
    EventKind kind = kindOf(index);
    ServiceEvent.Builder event =
        kind.event(id, nameOf(index), atMillis(index))
            .leaseId(new Ulid(numbers[number + 1], numbers[number + 2]).toString());
    String text = textOf(index);
    if (text != null) {
      event = kind.isEnd() ? event.client(text) : event.url(text);
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
