package dev.rollcall.discovery;

import dev.rollcall.Service;
import java.time.Duration;
import java.util.List;

/**
 * Is told what a {@link Discovery} sees. What it throws is logged, and nothing else comes of it.
 */
public interface DiscoveryListener {

  /**
   * Is called when the services are known and after each change, as {@link WatchListener#changed}
   * is; what is told here can be picked already. Does nothing by default.
   *
   * @param view what is known
   * @param changes what has happened since the last call
   */
  default void changed(View view, List<Change> changes) {}

  /**
   * Is called when an instance is left out because it could not be reached, on the thread that
   * called {@link Pick#failed}. Must not block. Does nothing by default.
   *
   * @param service the instance
   * @param duration for how long
   */
  default void ejected(Service service, Duration duration) {}
}
