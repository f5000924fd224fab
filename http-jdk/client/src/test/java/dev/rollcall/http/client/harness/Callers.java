package dev.rollcall.http.client.harness;

import dev.rollcall.discovery.Discovery;
import dev.rollcall.discovery.NoInstanceException;
import dev.rollcall.discovery.Pick;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Threads that call an instance which a discovery picks, again and again, one call at a time. No
 * call is made twice: one that fails counts.
 */
public final class Callers implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Discovery discovery;
  private final long pauseNanos;
  private final OkHttpClient client;
  private final List<Thread> threads = new ArrayList<>();
  private final Map<String, AtomicInteger> underWay = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong calls = new AtomicLong();
  private final Semaphore ended = new Semaphore(0);
  private volatile boolean isClosed;

  private Callers(Discovery discovery, int number, Duration pause) {
    this.discovery = discovery;
    this.pauseNanos = pause.toNanos();
    this.client =
        new OkHttpClient.Builder()
            .retryOnConnectionFailure(false)
            .connectionPool(new ConnectionPool(number, 1, TimeUnit.MINUTES))
            .callTimeout(TIMEOUT)
            .build();
    for (int i = 0; i < number; i++) {
      threads.add(new Thread(this::callOnAndOn, "caller-" + i));
    }
  }

  /**
   * Starts them.
   *
   * @param pause between the start of a call and that of the next, where calls are shorter
   */
  public static Callers start(Discovery discovery, int number, Duration pause) {
    Callers callers = new Callers(discovery, number, pause);
    callers.threads.forEach(Thread::start);
    return callers;
  }

  private void callOnAndOn() {
    long next = System.nanoTime();
    while (!isClosed) {
      call();
      calls.incrementAndGet();
      ended.release();
      next = Math.max(next + pauseNanos, System.nanoTime());
      while (next - System.nanoTime() > 0) {
        LockSupport.parkNanos(next - System.nanoTime());
      }
    }
  }

  private void call() {
    try (Pick pick = discovery.pick()) {
      AtomicInteger count = underWay.computeIfAbsent(pick.url(), url -> new AtomicInteger());
      count.incrementAndGet();
      try (Response response =
          client.newCall(new Request.Builder().url(pick.url()).build()).execute()) {
        if (!response.isSuccessful()) {
          failures.add(pick.url() + ": " + response.code());
        }
      } catch (IOException | RuntimeException e) {
        pick.failed();
        failures.add(pick.url() + ": " + e);
      } finally {
        count.decrementAndGet();
      }
    } catch (NoInstanceException e) {
      failures.add(e.getMessage());
    }
  }

  public long calls() {
    return calls.get();
  }

  /** Returns how many calls of a URL are under way. */
  public int underWay(String url) {
    AtomicInteger count = underWay.get(url);
    return count == null ? 0 : count.get();
  }

  /** Returns what came of each call that failed. */
  public List<String> failures() {
    return List.copyOf(failures);
  }

  /** Waits until so many more calls have ended. */
  public void awaitCalls(int number) throws InterruptedException {
    ended.drainPermits();
    if (!ended.tryAcquire(number, 1, TimeUnit.MINUTES)) {
      throw new AssertionError("not " + number + " calls within a minute");
    }
  }

  /** Ends them when their calls have ended. */
  @Override
  public void close() {
    isClosed = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    client.connectionPool().evictAll();
  }
}
