package dev.rollcall.examples.benchmarks;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Predicate;

/** The most platform threads at any sample, of the library and of the HTTP client below it. */
final class ThreadCount {
  private static final int MOST_THREADS = 10_000;

  private long ours;
  private long okHttps;

  void sample() {
    ours = Math.max(ours, count(name -> name.startsWith("rollcall-") && !isOkHttps(name)));
    okHttps = Math.max(okHttps, count(ThreadCount::isOkHttps));
  }

  private static boolean isOkHttps(String name) {
    return name.equals("rollcall-client") || name.toLowerCase(Locale.ROOT).startsWith("ok");
  }

  /** Counts without a stack trace: those of two thousand threads would hold up what is measured. */
  private static long count(Predicate<String> names) {
    ThreadGroup root = Thread.currentThread().getThreadGroup();
    while (root.getParent() != null) {
      root = root.getParent();
    }
    Thread[] threads = new Thread[MOST_THREADS];
    int count = root.enumerate(threads);
    return Arrays.stream(threads, 0, count).map(Thread::getName).filter(names).count();
  }

  long ours() {
    return ours;
  }

  long okHttps() {
    return okHttps;
  }
}
