package dev.rollcall.http.server.routing;

import dev.rollcall.Lease;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.server.request.KeyScope;
import dev.rollcall.spi.AsyncRegistry;
import dev.rollcall.spi.LeasePing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** The pings of one request, for which a registry was asked, and their answers. */
public final class PendingPings {
  private final List<LeasePing> pings;
  private final List<CompletableFuture<Optional<Lease>>> answers;

  private PendingPings(List<LeasePing> pings, List<CompletableFuture<Optional<Lease>>> answers) {
    this.pings = pings;
    this.answers = answers;
  }

  /**
   * Asks a registry without waiting for it, for the pings that are in the scope of a key; the
   * others are refused. What the registry throws is each ping's answer.
   */
  static PendingPings ask(
      AsyncRegistry registry, List<LeasePing> pings, KeyScope scope, Duration timeout) {
    List<Optional<ProblemException>> refusals =
        pings.stream().map(ping -> refusalOf(ping, scope)).toList();
    List<LeasePing> asked = new ArrayList<>(pings.size());
    for (int i = 0; i < pings.size(); i++) {
      if (refusals.get(i).isEmpty()) {
        asked.add(pings.get(i));
      }
    }
    Iterator<CompletableFuture<Optional<Lease>>> found = ask(registry, asked, timeout).iterator();
    List<CompletableFuture<Optional<Lease>>> answers = new ArrayList<>(pings.size());
    for (Optional<ProblemException> refusal : refusals) {
      answers.add(refusal.isPresent() ? failed(refusal.get()) : found.next());
    }
    return new PendingPings(pings, answers);
  }

  private static Optional<ProblemException> refusalOf(LeasePing ping, KeyScope scope) {
    try {
      scope.check(ping.id());
      return Optional.empty();
    } catch (ProblemException e) {
      return Optional.of(e);
    }
  }

  private static List<CompletableFuture<Optional<Lease>>> ask(
      AsyncRegistry registry, List<LeasePing> pings, Duration timeout) {
    if (pings.isEmpty()) {
      return List.of();
    }
    try {
      List<CompletableFuture<Optional<Lease>>> answers = registry.pingAllAsync(pings, timeout);
      if (answers.size() != pings.size() || answers.stream().anyMatch(Objects::isNull)) {
        throw new IllegalStateException("the registry answered other pings than it was asked for");
      }
      return answers;
    } catch (RuntimeException e) {
      return pings.stream().map(ping -> PendingPings.<Lease>failed(e)).toList();
    }
  }

  /**
   * Asks a registry that blocks, one ping after another on this thread. Those for which the time
   * does not suffice are not asked for; they fail as unavailable.
   */
  static PendingPings askBlocking(
      ServiceRegistry registry,
      List<LeasePing> pings,
      KeyScope scope,
      Duration timeout,
      LongSupplier nanoTime) {
    long startNanos = nanoTime.getAsLong();
    List<CompletableFuture<Optional<Lease>>> answers = new ArrayList<>(pings.size());
    for (LeasePing ping : pings) {
      Optional<ProblemException> refusal = refusalOf(ping, scope);
      if (refusal.isPresent()) {
        answers.add(failed(refusal.get()));
        continue;
      }
      boolean isInTime = nanoTime.getAsLong() - startNanos < timeout.toNanos();
      answers.add(isInTime ? askBlocking(registry, ping) : failed(notInTime(timeout)));
    }
    return new PendingPings(pings, answers);
  }

  private static CompletableFuture<Optional<Lease>> askBlocking(
      ServiceRegistry registry, LeasePing ping) {
    try {
      return CompletableFuture.completedFuture(registry.ping(ping.id(), ping.fence()));
    } catch (RuntimeException e) {
      return failed(e);
    }
  }

  private static <T> CompletableFuture<Optional<T>> failed(RuntimeException e) {
    return CompletableFuture.failedFuture(e);
  }

  private static RegistryUnavailableException notInTime(Duration timeout) {
    return new RegistryUnavailableException(
        "the registry took longer than " + timeout + " for the pings of one request", null, null);
  }

  /** Runs an action when all pings have been answered, on the thread that answers the last. */
  public void whenAnswered(Runnable action) {
    AtomicInteger left = new AtomicInteger(answers.size());
    for (CompletableFuture<Optional<Lease>> answer : answers) {
      var unused =
          answer.whenComplete(
              (lease, failure) -> {
                if (left.decrementAndGet() == 0) {
                  action.run();
                }
              });
    }
  }

  /** Waits until all pings have been answered. Those that take longer fail as unavailable. */
  void await(Duration timeout) {
    CountDownLatch answered = new CountDownLatch(1);
    whenAnswered(answered::countDown);
    boolean isInTime = false;
    try {
      isInTime = answered.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (!isInTime) {
        answers.forEach(answer -> answer.completeExceptionally(notInTime(timeout)));
      }
    }
  }

  List<LeasePing> pings() {
    return pings;
  }

  /** Returns or throws what a ping has come to that was answered. */
  Optional<Lease> outcome(int index) {
    return outcomeOf(answers.get(index));
  }

  /** Returns or throws what a ping has come to that was answered. */
  public static Optional<Lease> outcomeOf(CompletableFuture<Optional<Lease>> answer) {
    try {
      return Objects.requireNonNull(answer.join(), "the registry answered null");
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException reason) {
        throw reason;
      }
      throw new IllegalStateException("the registry broke down", e.getCause());
    }
  }
}
