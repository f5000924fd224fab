package dev.rollcall.store.memory;

import dev.rollcall.history.EventSelection;
import dev.rollcall.history.ServiceEvent;
import java.util.List;

/** Takes events, and says before which are worth making. */
interface EventSink {

  /** Returns whether it takes an event of a service of this name at this time. */
  boolean wants(String name, long atMillis);

  void add(ServiceEvent event);

  /** Returns what takes all events. */
  static EventSink all(List<ServiceEvent> events) {
    return new EventSink() {
      @Override
      public boolean wants(String name, long atMillis) {
        return true;
      }

      @Override
      public void add(ServiceEvent event) {
        events.add(event);
      }
    };
  }

  /** Returns what takes those that are selected. */
  static EventSink of(EventSelection selection) {
    return new EventSink() {
      @Override
      public boolean wants(String name, long atMillis) {
        return selection.wants(name, atMillis);
      }

      @Override
      public void add(ServiceEvent event) {
        selection.add(event);
      }
    };
  }
}
