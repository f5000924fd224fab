package dev.rollcall.view;

import dev.rollcall.Service;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.SetVersion;
import dev.rollcall.discovery.View;
import dev.rollcall.discovery.WatchListener;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Keeps what it is told, and applies the changes as a consumer does. */
final class RecordingListener implements WatchListener {
  final List<View> views = new ArrayList<>();
  final List<Change> changes = new ArrayList<>();
  final TreeMap<String, Service> applied = new TreeMap<>();

  @Override
  public void changed(View view, List<Change> told) {
    views.add(view);
    changes.addAll(told);
    for (Change change : told) {
      boolean wasKnown = applied.containsKey(change.id());
      if (wasKnown != change.previous().isPresent()) {
        throw new AssertionError("what was known of " + change.id() + " is not " + change);
      }
      if (change.isGone()) {
        applied.remove(change.id());
      } else {
        applied.put(change.id(), change.service());
      }
    }
    List<String> ids = view.services().stream().map(Service::id).toList();
    if (!ids.equals(List.copyOf(applied.keySet()))) {
      throw new AssertionError("the view has " + ids + ", the changes led to " + applied.keySet());
    }
    if (!SetVersion.of(view.services()).toString().equals(view.version())) {
      throw new AssertionError("the version is not that of the services");
    }
  }

  View view() {
    return views.get(views.size() - 1);
  }

  /** Returns what it was told since this was asked last, in short. */
  List<String> news() {
    List<String> news = changes.stream().map(change -> change.type() + " " + change.id()).toList();
    changes.clear();
    return news;
  }
}
