package dev.rollcall.examples.benchmarks.simulation;

import java.util.Arrays;

/**
 * The events of a discrete-event simulation, earliest first: a binary heap, without an object for
 * each event, since there are as many events as services.
 */
final class EventQueue {
  private double[] times;
  private int[] events;
  private int size;
  private double now;

  EventQueue(int capacity) {
    times = new double[capacity];
    events = new int[capacity];
  }

  /** Adds an event, at a time that has not passed yet. */
  void add(double time, int event) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      events = Arrays.copyOf(events, size * 2);
    }
    int at = size++;
    while (at > 0 && times[(at - 1) / 2] > time) {
      move((at - 1) / 2, at);
      at = (at - 1) / 2;
    }
    times[at] = time;
    events[at] = event;
  }

  /** Takes the next event, and sets the clock to its time. */
  int next() {
    int next = events[0];
    now = times[0];
    double time = times[--size];
    int event = events[size];
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && times[child + 1] < times[child]) {
        child++;
      }
      if (times[child] >= time) {
        break;
      }
      move(child, at);
      at = child;
    }
    times[at] = time;
    events[at] = event;
    return next;
  }

  private void move(int from, int to) {
    times[to] = times[from];
    events[to] = events[from];
  }

  boolean hasNext(double until) {
    return size > 0 && times[0] <= until;
  }

  /** Returns the time of the event that was taken last, in seconds. */
  double now() {
    return now;
  }
}
