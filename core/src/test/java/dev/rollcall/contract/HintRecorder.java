package dev.rollcall.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.spi.HintListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps the hints that it is told, such as {@code registered a} or {@code missed}. */
public class HintRecorder implements HintListener {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Duration patience;
  private final BlockingQueue<String> hints = new LinkedBlockingQueue<>();

  /** Creates a listener that waits for up to 30 seconds. */
  public HintRecorder() {
    this(PATIENCE);
  }

  /** Creates a listener that waits for so long at most. */
  public HintRecorder(Duration patience) {
    this.patience = patience;
  }

  @Override
  public void registered(String id) {
    hints.add("registered " + id);
  }

  @Override
  public void deregistered(String id) {
    hints.add("deregistered " + id);
  }

  @Override
  public void touched(String id) {
    hints.add("touched " + id);
  }

  @Override
  public void missed() {
    hints.add("missed");
  }

  /** Returns the hints that {@link #next} has not returned. */
  public List<String> untold() {
    return List.copyOf(hints);
  }

  /** Returns the next hint, or null if none comes for a long time. */
  public String next() {
    return next(patience);
  }

  /** Returns the next hint, or null if none comes within a time. */
  public String next(Duration patience) {
    try {
      return hints.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Takes the hints up to this one. */
  public void await(String hint) {
    String next;
    do {
      next = next();
      assertThat(next).as("a hint, up to '%s'", hint).isNotNull();
    } while (!hint.equals(next));
  }
}
