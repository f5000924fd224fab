package dev.rollcall.app.commands;

import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.View;
import dev.rollcall.discovery.WatchListener;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** Shows what a watch tells, for as long as somebody reads it. */
final class FollowedServices implements WatchListener {
  private final ServicesOutput output;
  private final PrintWriter out;
  private final CountDownLatch unread = new CountDownLatch(1);
  private Optional<Instant> staleSince = Optional.empty();

  /**
   * Creates a listener.
   *
   * @param output shows what happens
   * @param out where that goes
   */
  FollowedServices(ServicesOutput output, PrintWriter out) {
    this.output = output;
    this.out = out;
  }

  @Override
  public void changed(View view, List<Change> changes) {
    changes.forEach(output::change);
    if (view.staleSince().isPresent() != staleSince.isPresent()) {
      output.stale(view.staleSince());
    }
    staleSince = view.staleSince();
    if (out.checkError()) {
      unread.countDown();
    }
  }

  /** Waits until nobody reads the output any more. */
  void awaitUnread() throws InterruptedException {
    unread.await();
  }
}
