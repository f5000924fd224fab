package dev.rollcall.http.client;

import static dev.rollcall.http.client.harness.FakeRegistry.answer;
import static dev.rollcall.http.client.harness.FakeRegistry.raw;
import static dev.rollcall.http.client.harness.FakeRegistry.thenClose;
import static dev.rollcall.http.client.harness.FakeRegistry.thenReset;
import static dev.rollcall.http.client.harness.FakeRegistry.well;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.client.harness.FakeRegistry;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A network that fails is unavailable, never an empty registry, and no call waits for ever. */
@Timeout(30)
class NetworkFailureTest {
  private static final Registration REGISTRATION = Registration.builder("http://h").id("a").build();
  private static final String HALF = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":";

  private final FakeRegistry fake = FakeRegistry.hung();
  private final ServiceRegistry registry = HttpServiceRegistry.connect(fake.url());

  @AfterEach
  void close() {
    registry.close();
    fake.close();
  }

  private static RegistryUnavailableException failureOf(ThrowingCallable call) {
    return catchThrowableOfType(RegistryUnavailableException.class, call);
  }

  @Test
  void aServerThatNeverAnswersFailsTheCallWithinTheTimeout() {
    try (var impatient =
        HttpServiceRegistry.builder(fake.url()).timeout(Duration.ofMillis(200)).build()) {
      long start = System.nanoTime();

      assertThat(failureOf(() -> impatient.ping("a")))
          .hasMessage("ping 'a' at %s: no answer within PT0.2S", fake.url())
          .hasCauseInstanceOf(IOException.class);
      assertThat(failureOf(() -> impatient.register(REGISTRATION))).isNotNull();
      assertThat(failureOf(impatient::list)).isNotNull();
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(10));
    }
  }

  @Test
  void aServerThatStopsMidAnswerFailsTheCallWithinTheTimeout() {
    fake.then(raw(HALF));
    try (var impatient =
        HttpServiceRegistry.builder(fake.url()).timeout(Duration.ofMillis(200)).build()) {
      assertThat(failureOf(() -> impatient.find("a"))).hasMessageContaining("no answer within");
    }
  }

  @Test
  void aRefusedConnectionIsUnavailable() throws IOException {
    // Bound and not listening: refused for certain, since nobody else can take the port meanwhile.
    try (var bound = new Socket()) {
      bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      String url = "http://127.0.0.1:" + bound.getLocalPort();
      try (var refused = HttpServiceRegistry.connect(url)) {
        assertThat(failureOf(() -> refused.ping("a")))
            .hasMessageContaining("ping 'a' at " + url)
            .hasCauseInstanceOf(ConnectException.class);
      }
    }
  }

  @Test
  void aHostThatNobodyKnowsIsUnavailable() {
    try (var nowhere = HttpServiceRegistry.connect("http://registry.invalid:9000")) {
      assertThat(failureOf(() -> nowhere.ping("a")))
          .hasMessageContaining("registry.invalid")
          .hasCauseInstanceOf(IOException.class);
    }
  }

  @Test
  void aConnectionThatEndsBeforeTheAnswerIsUnavailable() {
    fake.then(thenClose(raw("")));
    assertThat(failureOf(() -> registry.find("a"))).hasCauseInstanceOf(IOException.class);
    fake.then(thenReset(raw("")));
    assertThat(failureOf(() -> registry.deregister("a"))).hasCauseInstanceOf(IOException.class);
  }

  @Test
  void whatIsNoHttpIsUnavailable() {
    fake.then(thenClose(raw("220 mail.example ESMTP\r\n")));

    assertThat(failureOf(() -> registry.ping("a"))).hasCauseInstanceOf(IOException.class);
  }

  @Test
  void aBodyThatBreaksOffIsUnavailableWhereItIsNeeded() {
    for (var end : new FakeRegistry.Script[] {thenClose(raw(HALF)), thenReset(raw(HALF))}) {
      fake.then(end);
      assertThat(failureOf(() -> registry.register(REGISTRATION))).isNotNull();
      assertThat(failureOf(() -> registry.find("a"))).isNotNull();
      assertThat(failureOf(registry::list)).isNotNull();
    }
  }

  @Test
  void aBodyThatBreaksOffTellsOfNoRenewalAndNoRemoval() {
    fake.then(thenClose(raw(HALF)));
    assertThat(failureOf(() -> registry.ping("a"))).hasCauseInstanceOf(IOException.class);
    assertThat(failureOf(() -> registry.deregister("a"))).hasCauseInstanceOf(IOException.class);

    fake.then(thenClose(raw(HALF.replace("200 OK", "404 Not Found"))));
    assertThat(failureOf(() -> registry.ping("a"))).hasMessageContaining("404");
    fake.then(thenClose(raw(HALF.replace("200 OK", "503 Busy"))));
    assertThat(failureOf(() -> registry.ping("a"))).hasMessageContaining("503");
  }

  @Test
  void aBodyBeyondItsBoundIsUnavailable() {
    fake.then(200, " ".repeat((16 << 20) + 1));

    assertThat(failureOf(() -> registry.find("a"))).hasMessageContaining("larger than");
  }

  @Test
  void anIdleConnectionThatTheServerClosedFailsNoCall() {
    fake.then(well());
    registry.ping("a");
    for (int i = 0; i < 5; i++) {
      fake.dropConnections();

      assertThat(registry.ping("a")).isPresent();
      fake.dropConnections();
      assertThat(registry.register(REGISTRATION).id()).isEqualTo("a");
      fake.dropConnections();
      assertThat(registry.deregister("a")).isPresent();
    }
  }

  @Test
  void aPooledConnectionThatDiesUnderTheRequestIsReplaced() {
    fake.then(well()).then(thenReset(raw(""))).then(well());

    registry.ping("a");
    assertThat(registry.ping("a")).isPresent();
    assertThat(fake.connections()).isEqualTo(2);
  }

  @Test
  void fiftyPingsUseOneConnection() {
    fake.then(well());
    for (int i = 0; i < 25; i++) {
      registry.ping("a");
    }
    fake.then(answer(404, "", "{\"detail\":\"Not found\"}"));
    for (int i = 0; i < 25; i++) {
      registry.ping("a", "L");
    }

    assertThat(fake.asked()).hasSize(50);
    assertThat(fake.connections()).isEqualTo(1);
  }

  @Test
  void anInterruptedCallerSendsNothingAndStaysInterrupted() {
    fake.then(well());
    Thread.currentThread().interrupt();

    Throwable failure = catchThrowable(() -> registry.ping("a"));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(failure)
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageEndingWith("interrupted")
        .hasCauseInstanceOf(Exception.class);
    assertThat(fake.asked()).isEmpty();
    assertThat(registry.ping("a")).isPresent();
  }

  @Test
  void anInterruptDuringTheCallIsKept() {
    Thread caller = Thread.currentThread();
    fake.then(socket -> caller.interrupt());
    // Time for the request to arrive on a busy machine: a later interrupt would meet another test.
    try (var impatient =
        HttpServiceRegistry.builder(fake.url()).timeout(Duration.ofSeconds(2)).build()) {
      Throwable failure = catchThrowable(() -> impatient.ping("a"));

      assertThat(Thread.interrupted()).isTrue();
      assertThat(failure)
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageEndingWith("interrupted");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX) // where a full backlog leaves a connection waiting
  void anInterruptEndsTheWaitForAConnectionAtOnce() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket first = connected(full);
        Socket second = connected(full);
        var client = HttpServiceRegistry.connect("http://127.0.0.1:" + full.getLocalPort())) {
      assertThat(first.isConnected() && second.isConnected()).isTrue();
      Thread caller = Thread.currentThread();
      CompletableFuture<Void> interrupter =
          CompletableFuture.runAsync(
              () -> {
                while (caller.getState() != Thread.State.TIMED_WAITING) {
                  Thread.onSpinWait();
                }
                caller.interrupt();
              });
      long start = System.nanoTime();

      Throwable failure = catchThrowable(() -> client.ping("a"));

      assertThat(Thread.interrupted()).isTrue();
      assertThat(failure)
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageEndingWith("interrupted")
          .hasCauseInstanceOf(InterruptedException.class);
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
      interrupter.join();
    }
  }

  private static Socket connected(ServerSocket server) throws IOException {
    return new Socket(server.getInetAddress(), server.getLocalPort());
  }
}
