package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Fence;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.http.client.harness.FakeRegistry;
import dev.rollcall.http.client.transport.ClientThreads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import okhttp3.Dns;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the host application brings to a call may fail in any way; the call fails with it alone. */
@Timeout(60)
class HostFailuresTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final FakeRegistry fake = FakeRegistry.hung().then(FakeRegistry.well());
  private final ProxySelector proxies = ProxySelector.getDefault();
  private final Thread.UncaughtExceptionHandler handler =
      Thread.getDefaultUncaughtExceptionHandler();
  private final Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void watch() {
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught.add(e));
  }

  @AfterEach
  void close() {
    Thread.setDefaultUncaughtExceptionHandler(handler);
    ProxySelector.setDefault(proxies);
    fake.close();
  }

  private static final class Selector extends ProxySelector {
    private final RuntimeException failure;

    Selector(RuntimeException failure) {
      this.failure = failure;
    }

    @Override
    public List<Proxy> select(URI uri) {
      if (failure != null) {
        throw failure;
      }
      return null;
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException e) {}
  }

  private HttpServiceRegistry registry(Dns dns) {
    HttpServiceRegistry.Builder builder =
        HttpServiceRegistry.builder(fake.url().replace("127.0.0.1", "registry"));
    builder.transport.dns = dns;
    return builder.build();
  }

  private static List<InetAddress> local(String host) {
    return List.of(InetAddress.getLoopbackAddress());
  }

  private void assertFailsAlone(HttpServiceRegistry registry, String message) throws Exception {
    try (registry) {
      assertThatThrownBy(() -> registry.ping("a"))
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageContaining(message);
      var ping = registry.pingAsync("a", Fence.none(), LONG);
      assertThatThrownBy(() -> ping.get(30, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageContaining(message);
    }
    assertThat(uncaught).isEmpty();
  }

  @Test
  void aProxySelectorThatThrowsFailsTheCallAndReachesNoHandler() throws Exception {
    ProxySelector.setDefault(new Selector(new IllegalStateException("no proxies today")));

    assertFailsAlone(registry(HostFailuresTest::local), "no proxies today");
  }

  @Test
  void aProxySelectorThatReturnsNullFailsTheCallAndReachesNoHandler() throws Exception {
    ProxySelector.setDefault(new Selector(null)); // the JDK's sockets ask it, too

    assertFailsAlone(registry(HostFailuresTest::local), "is null");
  }

  @Test
  void aLookUpThatThrowsFailsTheCallAndReachesNoHandler() throws Exception {
    assertFailsAlone(
        registry(
            host -> {
              throw new SecurityException("not allowed");
            }),
        "not allowed");
  }

  @Test
  void anErrorEndsACallThatNobodyWaitsFor() throws Exception {
    try (HttpServiceRegistry registry =
        registry(
            host -> {
              throw new NoClassDefFoundError("gone/Away");
            })) {
      var ping = registry.pingAsync("a", Fence.none(), LONG);

      assertThatThrownBy(() -> ping.get(30, TimeUnit.SECONDS)).hasStackTraceContaining("gone/Away");
    }
    assertThat(uncaught).isEmpty();
  }

  @Test
  void aThreadThatCannotBeStartedRejectsItsCall() {
    ExecutorService exhausted =
        Executors.newSingleThreadExecutor(
            task -> {
              throw new OutOfMemoryError("unable to create native thread");
            });

    assertThatThrownBy(() -> new ClientThreads(exhausted).execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void whatATaskThrowsReachesNoHandler() throws Exception {
    ExecutorService one = Executors.newSingleThreadExecutor();
    new ClientThreads(one)
        .execute(
            () -> {
              throw new LinkageError("thrown on purpose");
            });
    one.shutdown();

    assertThat(one.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(uncaught).isEmpty();
  }
}
