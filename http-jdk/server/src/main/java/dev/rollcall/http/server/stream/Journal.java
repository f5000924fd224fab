package dev.rollcall.http.server.stream;

import dev.rollcall.discovery.Change;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The last changes, numbered from 1. Bounded in number and in bytes; the oldest go first.
 *
 * <p>Is not thread-safe.
 */
final class Journal {
  static final int MAX_CHANGES = 4_096;

  private final Deque<JournalEntry> entries = new ArrayDeque<>();
  private final AtomicLong encodedBytes = new AtomicLong();
  private final long maxBytes;
  private long serviceBytes;
  private long last;

  /**
   * Creates an empty journal.
   *
   * @param maxBytes how much heap its changes may take; the newest is kept whatever it takes
   */
  Journal(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Returns the number of the last change; 0 before the first. */
  long last() {
    return last;
  }

  JournalEntry add(Change change) {
    last++;
    JournalEntry entry = new JournalEntry(last, change, encodedBytes);
    entries.addLast(entry);
    serviceBytes += entry.heapBytes();
    while (entries.size() > 1
        && (entries.size() > MAX_CHANGES || serviceBytes + encodedBytes.get() > maxBytes)) {
      JournalEntry oldest = entries.removeFirst();
      serviceBytes -= oldest.heapBytes();
      oldest.drop();
    }
    return entry;
  }

  /** Returns whether it has every change after a number. */
  boolean reaches(long sequence) {
    return sequence <= last && sequence >= last - entries.size();
  }

  /** Returns the changes after a number that it reaches, oldest first. */
  List<JournalEntry> after(long sequence) {
    List<JournalEntry> after = new ArrayList<>((int) (last - sequence));
    Iterator<JournalEntry> newestFirst = entries.descendingIterator();
    for (long number = last; number > sequence; number--) {
      after.add(newestFirst.next());
    }
    Collections.reverse(after);
    return after;
  }
}
