package dev.rollcall.store.valkey.harness;

import dev.rollcall.Fence;
import dev.rollcall.spi.Renewal;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Renewals that are asked for together. */
public final class Renewals {
  private Renewals() {}

  /** Returns a renewal by whoever names no lease, asked for now. */
  public static Renewal of(String id) {
    return of(id, Fence.none());
  }

  /** Returns a renewal by one holder, asked for now. */
  public static Renewal of(String id, Fence fence) {
    return new Renewal(id, fence, System.nanoTime());
  }

  /** Returns a renewal that was asked for some time ago. */
  public static Renewal of(String id, Duration ago) {
    return new Renewal(id, Fence.none(), System.nanoTime() - ago.toNanos());
  }

  /** Returns renewals of the ids {@code a0}, {@code a1} and so on, asked for now. */
  public static List<Renewal> many(int count) {
    return IntStream.range(0, count).mapToObj(i -> of("a" + i)).toList();
  }

  /** Returns the others with one in their midst. */
  public static List<Renewal> amid(List<Renewal> others, Renewal one) {
    List<Renewal> all = new ArrayList<>(others);
    all.add(others.size() / 6, one);
    return all;
  }

  /** Makes them in bulk. */
  public static void make(TtlStore store, List<Renewal> renewals) {
    store.bulkRenewal().orElseThrow().renewAll(renewals);
  }
}
