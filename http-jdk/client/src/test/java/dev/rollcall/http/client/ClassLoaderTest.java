package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.client.harness.FakeRegistry;
import java.io.File;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An application that is undeployed takes all classes of its client along. */
class ClassLoaderTest {
  /** OkHttp's and okio's threads end a minute after their last work. */
  private static final Duration BOUND = Duration.ofSeconds(90);

  @Test
  @Timeout(150)
  void aClosedClientLetsItsClassLoaderGoWithinAMinuteAndAHalfByTheRealClock() throws Exception {
    try (FakeRegistry fake = FakeRegistry.hung().then(FakeRegistry.well())) {
      WeakReference<ClassLoader> loader = used(fake.url());
      long end = System.nanoTime() + BOUND.toNanos();

      while (loader.get() != null && end - System.nanoTime() > 0) {
        System.gc();
        boolean unused = new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
      }
      assertThat(loader.get()).isNull();
    }
  }

  /** Makes each kind of call with classes of a loader of their own, and closes both. */
  private static WeakReference<ClassLoader> used(String url) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
      thread.setContextClassLoader(loader);
      Class<?> type = loader.loadClass(HttpServiceRegistry.class.getName());
      Object registration = registration(loader);
      Method register = type.getMethod("registerAsync", registration.getClass(), Duration.class);
      try (AutoCloseable client =
          (AutoCloseable) type.getMethod("connect", String.class).invoke(null, url)) {
        ((CompletableFuture<?>) register.invoke(client, registration, Duration.ofSeconds(30)))
            .join();
        assertThat((Optional<?>) type.getMethod("ping", String.class).invoke(client, "a"))
            .isPresent();
        assertThat((List<?>) type.getMethod("list").invoke(client)).isEmpty();
        assertThat((Optional<?>) type.getMethod("deregister", String.class).invoke(client, "a"))
            .isPresent();
      }
      return new WeakReference<>(loader);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static Object registration(ClassLoader loader) throws Exception {
    Class<?> type = loader.loadClass("dev.rollcall.Registration");
    Object builder = type.getMethod("builder", String.class).invoke(null, "http://h");
    Object withId = builder.getClass().getMethod("id", String.class).invoke(builder, "a");
    return withId.getClass().getMethod("build").invoke(withId);
  }

  private static URL[] classPath() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    return urls.toArray(new URL[0]);
  }
}
