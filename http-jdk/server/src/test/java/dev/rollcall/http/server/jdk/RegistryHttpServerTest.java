package dev.rollcall.http.server.jdk;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.RequestLimits;
import dev.rollcall.http.server.address.PublicUrl;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.ScriptedRegistry;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.spi.StreamListener;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a server is set up and started. */
class RegistryHttpServerTest {
  private final ScriptedRegistry registry = new ScriptedRegistry();

  private RegistryHttpServer.Builder builder() {
    return RegistryHttpServer.builder(registry);
  }

  @Test
  void byDefaultItListensAtAnyPortOfThisHostAlone() {
    try (var server = builder().start()) {
      assertThat(server.address().getAddress().isLoopbackAddress()).isTrue();
      assertThat(server.address().getPort()).isPositive();
      assertThat(server.url()).hasToString("http://127.0.0.1:" + server.address().getPort());
    }
  }

  @ParameterizedTest
  @CsvSource({"/v2, /v2", "/v2/, /v2", "/a/b-c/~d_e.f, /a/b-c/~d_e.f", "/, ''", "'', ''"})
  void itsUrlEndsWithTheBasePath(String basePath, String path) {
    try (var server = builder().basePath(basePath).start()) {
      assertThat(server.url()).hasPath(path);
      Wire wire = new Wire(server.address());
      assertThat(wire.get(path + "/services").status()).isEqualTo(200);
      assertProblem(wire.get("/x" + path + "/services"), 404, "no-such-path");
    }
  }

  /** As for want of memory while the requests that wait are told to end. */
  @Test
  @Timeout(60)
  void whateverFailsWhileItStopsItListensNoMore() throws Exception {
    Thread stopping = Thread.currentThread();
    AtomicBoolean fails = new AtomicBoolean();
    LongSupplier clock =
        () -> {
          if (Thread.currentThread() == stopping && fails.get()) {
            throw new OutOfMemoryError("a test's own");
          }
          return System.nanoTime();
        };
    CountDownLatch opened = new CountDownLatch(1);
    var listener =
        new StreamListener() {
          @Override
          public void streamsOpen(int count) {
            opened.countDown();
          }
        };
    try (var store = MemoryTtlStore.builder().build()) {
      var endpoints =
          RegistryEndpoints.builder(ServiceRegistry.over(store))
              .nanoTime(clock)
              .streamListener(listener);
      RegistryHttpServer server = RegistryHttpServer.builder(endpoints.build()).start();
      try (var waiting = new RawHttp(server.address())) {
        waiting.send(
            "GET /services HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
        opened.await();
        fails.set(true);

        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(server::close);
        RawHttp.awaitRefusal(server.address().getPort());
      }
    }
  }

  @Test
  void theUrlOfAllAddressesIsThatOfThisHost() {
    try (var server = builder().host("0.0.0.0").start()) {
      assertThat(server.address().getAddress().isAnyLocalAddress()).isTrue();
      assertThat(server.url()).hasHost("127.0.0.1");
    }
  }

  @Test
  void anAddressOfVersionSixStandsInBrackets() throws Exception {
    byte[] bytes = new byte[16];
    bytes[15] = 1;
    assertThat(PublicUrl.hostOf(new InetSocketAddress(InetAddress.getByAddress(bytes), 9000)))
        .isEqualTo("[0:0:0:0:0:0:0:1]:9000");

    bytes[0] = (byte) 0xfe;
    bytes[1] = (byte) 0x80;
    InetAddress scoped = Inet6Address.getByAddress("", bytes, 7);
    assertThat(PublicUrl.hostOf(new InetSocketAddress(scoped, 1)))
        .isEqualTo("[fe80:0:0:0:0:0:0:1]:1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v2", "x/", "//", "/v2//", "/a b", "/a%20b", "/a?b", "/a#b", "/..", "/a/./b", "/ä"
      })
  void aBasePathThatNeedsEscapesIsRefused(String basePath) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().basePath(basePath))
        .withMessageContaining("'" + basePath + "'");
  }

  @Test
  void eachSettingIsCheckedAtOnce() {
    for (int port : new int[] {-1, 65_536}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> builder().port(port))
          .withMessageContaining("not " + port);
    }
    for (Duration time : new Duration[] {Duration.ofNanos(-1), Duration.ofHours(1).plusNanos(1)}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> builder().drainTime(time))
          .withMessageContaining("not " + time);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RequestLimits.builder().maxBodyBytes(0))
        .withMessageContaining("not 0");
    assertThatNullPointerException().isThrownBy(() -> builder().host(none()));
    assertThatNullPointerException()
        .isThrownBy(
            () -> RegistryHttpServer.builder(RegistryHttpServerTest.<ServiceRegistry>none()));
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T none() {
    return null;
  }

  @Tag("not-on-jetty")
  @Test
  void aPortThatIsTakenIsNamed() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(() -> builder().port(taken.getLocalPort()).start())
          .withMessage(
              "cannot listen at 127.0.0.1:" + taken.getLocalPort() + ": Address already in use")
          .withCauseInstanceOf(BindException.class);
    }
  }

  @Test
  void aHostThatIsUnknownIsNamed() {
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> builder().host("no-such-host.invalid").start())
        .withMessage("no address is known for the host 'no-such-host.invalid'")
        .withCauseInstanceOf(UnknownHostException.class);
  }

  @Test
  void itServesWhenAnyThreadHasStartedIt() throws Exception {
    var started = new CompletableFuture<RegistryHttpServer>();
    Thread starter = new Thread(() -> started.complete(builder().start()));
    starter.setDaemon(true);
    starter.start();
    try (var server = started.get(10, TimeUnit.SECONDS)) {
      starter.join();
      assertThat(new Wire(server.address()).get("/services").status()).isEqualTo(200);
    }
  }

  @Test
  void aSecondServerAtTheSamePortStartsOnceTheFirstIsClosed() {
    var first = builder().start();
    int port = first.address().getPort();
    first.close();

    try (var second = builder().port(port).start()) {
      assertThat(new Wire(second.address()).get("/health").status()).isEqualTo(200);
    }
  }

  @Test
  @Timeout(60)
  void aLogThatFailsNeitherKeepsAServerFromStartingNorFromStopping() throws Exception {
    Logger log = Logger.getLogger("dev.rollcall.http");
    Level before = log.getLevel();
    Handler failing = new FailingHandler();
    log.addHandler(failing);
    log.setLevel(Level.INFO);
    try {
      RegistryHttpServer server = builder().host("0.0.0.0").observePort(0).start();
      List<InetSocketAddress> addresses =
          List.of(server.address(), server.observeAddress().orElseThrow());

      server.close();

      for (InetSocketAddress address : addresses) {
        RawHttp.awaitRefusal(address.getPort());
      }
    } finally {
      log.removeHandler(failing);
      log.setLevel(before);
    }
  }

  private static final class FailingHandler extends Handler {
    @Override
    public void publish(LogRecord line) {
      throw new IllegalStateException("the disk is full");
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
