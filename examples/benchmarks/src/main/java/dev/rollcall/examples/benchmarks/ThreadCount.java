package dev.rollcall.examples.benchmarks;

import java.util.Locale;
import java.util.function.Predicate;

/** The most platform threads at any sample, of the library and of the HTTP client below it. */
final class ThreadCount {
  private long ours;
  private long okHttps;

  void sample() {
    ours = Math.max(ours, count(name -> name.startsWith("rollcall-") && !isOkHttps(name)));
    okHttps = Math.max(okHttps, count(ThreadCount::isOkHttps));
  }

  private static boolean isOkHttps(String name) {
    return name.equals("rollcall-client") || name.toLowerCase(Locale.ROOT).startsWith("ok");
  }

  private static long count(Predicate<String> names) {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).filter(names).count();
  }

  long ours() {
    return ours;
  }

  long okHttps() {
    return okHttps;
  }
}
