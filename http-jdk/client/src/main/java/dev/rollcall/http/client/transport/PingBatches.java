package dev.rollcall.http.client.transport;

import dev.rollcall.Lease;
import dev.rollcall.ServiceId;
import dev.rollcall.http.client.protocol.PingOutcome;
import dev.rollcall.http.client.protocol.ProtocolRequests;
import dev.rollcall.spi.LeasePing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends several pings as one request. A registry that refuses such a request, as a Python
 * orchestrator does that does not know it, gets single pings instead: these at once, and later ones
 * for some minutes.
 *
 * <p>Safe for use by any number of threads. Nothing here waits.
 */
public final class PingBatches {
  /** How many pings one request may hold. */
  static final int MAX_PINGS = 1_000;

  /** How long a registry that has refused a request gets single pings. */
  static final Duration REFUSAL_TIME = Duration.ofMinutes(5);

  /** Bounds the ids of one request, so that it is far smaller than what servers take: 1 MB. */
  private static final int MAX_CHARS = 256 << 10;

  /** How many single pings of a refused request are under way at once. */
  private static final int MAX_SINGLE_PINGS = Transport.IDLE_CONNECTIONS;

  private final ProtocolRequests requests;
  private final Transport transport;
  private final LongSupplier nanoTime;

  /** Since when the registry gets single pings; null while it gets batches. */
  private volatile @Nullable Long refusedSince;

  public PingBatches(ProtocolRequests requests, Transport transport, LongSupplier nanoTime) {
    this.requests = requests;
    this.transport = transport;
    this.nanoTime = nanoTime;
  }

  /** Returns whether several pings are one request, as far as is known. */
  public boolean areAccepted() {
    Long since = refusedSince;
    return since == null || nanoTime.getAsLong() - since >= REFUSAL_TIME.toNanos();
  }

  /** Pings, and returns a future for each ping, in the order of the pings. */
  public List<CompletableFuture<Optional<Lease>>> send(List<LeasePing> pings, Duration timeout) {
    List<PendingPing> pending = new ArrayList<>(pings.size());
    for (LeasePing ping : pings) {
      pending.add(new PendingPing(ping));
    }
    boolean areTogether = areAccepted();
    Batch together = new Batch(timeout);
    Batch single = new Batch(timeout);
    for (PendingPing each : pending) {
      if (!ServiceId.isValid(each.ping.id())) {
        each.complete(Optional.empty()); // no registry needs to be asked
      } else if (!areTogether || requests.hasPingUrl(each.ping.id())) {
        single.add(each);
      } else {
        if (!together.hasRoomFor(each)) {
          together.send();
          together = new Batch(timeout);
        }
        together.add(each);
      }
    }
    together.send();
    single.sendSingly();
    return List.copyOf(pending);
  }

  /** A ping that waits for its outcome. */
  private static final class PendingPing extends CompletableFuture<Optional<Lease>> {
    final LeasePing ping;

    PendingPing(LeasePing ping) {
      this.ping = ping;
    }

    int chars() {
      return ping.id().length() + ping.fence().leaseId().map(String::length).orElse(0);
    }
  }

  /** Completes a ping, if it is not complete, whatever happens, even without memory. */
  private static <T> void settle(
      CompletableFuture<T> ping, @Nullable T answer, @Nullable Throwable failure) {
    try {
      if (failure == null) {
        ping.complete(answer);
      } else {
        ping.completeExceptionally(failure);
      }
    } catch (Throwable e) {
      ping.complete(null); // allocates nothing
    }
  }

  /** Pings that are sent as one request, or one after another. */
  private final class Batch {
    private final Duration timeout;
    private final long startNanos = nanoTime.getAsLong();
    private final List<PendingPing> pings = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();
    private int chars;

    Batch(Duration timeout) {
      this.timeout = timeout;
    }

    boolean hasRoomFor(PendingPing ping) {
      return pings.isEmpty() || (pings.size() < MAX_PINGS && chars + ping.chars() <= MAX_CHARS);
    }

    void add(PendingPing ping) {
      pings.add(ping);
      chars += ping.chars();
    }

    void send() {
      if (pings.size() < 2) {
        sendSingly();
        return;
      }
      try {
        List<LeasePing> leases = new ArrayList<>(pings.size());
        pings.forEach(each -> leases.add(each.ping));
        var unused =
            transport.callAsync(requests.pingAll(leases), timeout).whenComplete(this::answered);
      } catch (Throwable e) {
        fail(e);
      }
    }

    /** The request was answered: with outcomes, or with none if it was refused as such. */
    private void answered(@Nullable List<PingOutcome> outcomes, @Nullable Throwable failure) {
      if (outcomes == null) {
        fail(failure);
      } else if (outcomes.isEmpty()) {
        refusedSince = nanoTime.getAsLong();
        sendSingly();
      } else {
        refusedSince = null;
        for (int i = 0; i < pings.size(); i++) {
          settle(pings.get(i), outcomes.get(i).lease(), outcomes.get(i).failure());
        }
      }
    }

    private void fail(@Nullable Throwable failure) {
      pings.forEach(each -> settle(each, null, failure));
    }

    void sendSingly() {
      for (int i = 0; i < Math.min(pings.size(), MAX_SINGLE_PINGS); i++) {
        sendNext();
      }
    }

    /** Sends the next ping that was not sent, and the one after it once that is answered. */
    private void sendNext() {
      for (int i = next.getAndIncrement(); i < pings.size(); i = next.getAndIncrement()) {
        PendingPing ping = pings.get(i);
        try {
          CompletableFuture<Optional<Lease>> answer = sendAlone(ping.ping);
          if (!answer.isDone()) {
            var unused =
                answer.whenComplete(
                    (lease, failure) -> {
                      settle(ping, lease, failure);
                      sendNext();
                    });
            return;
          }
          // A loop, not a recursion: after a close all fail at once.
          var unused = answer.whenComplete((lease, e) -> settle(ping, lease, e));
        } catch (Throwable e) {
          settle(ping, null, e);
        }
      }
    }

    private CompletableFuture<Optional<Lease>> sendAlone(LeasePing ping) {
      Duration left = timeout.minusNanos(nanoTime.getAsLong() - startNanos);
      return left.isNegative() || left.isZero()
          ? CompletableFuture.failedFuture(requests.noAnswer(ping.id(), timeout))
          : transport.callAsync(requests.ping(ping.id(), ping.fence()), left);
    }
  }
}
