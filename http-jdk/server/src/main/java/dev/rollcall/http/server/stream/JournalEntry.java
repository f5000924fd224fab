package dev.rollcall.http.server.stream;

import dev.rollcall.discovery.Change;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One change, with the events that tell of it: each is encoded once, when the first stream needs
 * it.
 *
 * <p>Safe for use by any number of threads.
 */
final class JournalEntry {
  private final long sequence;
  private final Change change;
  private final AtomicLong encodedBytes;
  private final Map<Change.Type, byte[]> events = new EnumMap<>(Change.Type.class);
  private long ownEncodedBytes;
  private boolean isDropped;

  /**
   * Creates an entry without events.
   *
   * @param encodedBytes is increased by the size of each event, until the entry is dropped
   */
  JournalEntry(long sequence, Change change, AtomicLong encodedBytes) {
    this.sequence = sequence;
    this.change = change;
    this.encodedBytes = encodedBytes;
  }

  long sequence() {
    return sequence;
  }

  Change change() {
    return change;
  }

  /** Returns about how many bytes of heap the services take that it refers to. */
  long heapBytes() {
    return change.service().heapBytes()
        + change.previous().map(before -> (long) before.heapBytes()).orElse(0L);
  }

  /**
   * Returns the event that tells of this change to a stream that sees it as one of a type: all that
   * comes after the epoch and the dot in its id.
   */
  synchronized byte[] event(Change.Type type) {
    byte @Nullable [] event = events.get(type);
    if (event == null) {
      event = Events.change(sequence, change, type);
      events.put(type, event);
      if (!isDropped) {
        ownEncodedBytes += event.length;
        encodedBytes.addAndGet(event.length);
      }
    }
    return event;
  }

  /** Notes that the journal no longer has it, though streams may yet send its events. */
  synchronized void drop() {
    isDropped = true;
    encodedBytes.addAndGet(-ownEncodedBytes);
  }
}
