package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.spi.HintListener;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps the hints that it is told. */
class HintRecorder implements HintListener {
  private static final int LIMIT_SECONDS = 30;

  private final BlockingQueue<String> hints = new LinkedBlockingQueue<>();

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
  List<String> untold() {
    return List.copyOf(hints);
  }

  /** Returns the next hint, or null if none comes for a long time. */
  @Nullable String next() {
    try {
      return hints.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Takes the hints up to this one. */
  void await(String hint) {
    String next;
    do {
      next = next();
      assertThat(next).as("a hint, up to '%s'", hint).isNotNull();
    } while (!hint.equals(next));
  }
}
