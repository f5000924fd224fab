package dev.rollcall.discovery;

import java.util.List;

/**
 * Is told what happens to the services that it watches.
 *
 * <p>One call at a time, in order, on a thread of the registry. A listener may block: that holds up
 * nobody else, and when it returns it is told what has happened meanwhile, of which steps may be
 * merged to the newest state of each service. What it throws is logged, and it is called the next
 * time as if it had returned.
 */
@FunctionalInterface
public interface WatchListener {

  /**
   * Is called first when the services are known, with all of them as {@link Change.Type#ADDED}, if
   * there are any; then after each change of them, and with no changes when the registry is out of
   * reach and when it can be asked again, as {@link View#staleSince} says.
   *
   * @param view what is known now; it differs from the one before by the changes
   * @param changes what has happened since the last call, at most one change for each service
   */
  void changed(View view, List<Change> changes);
}
