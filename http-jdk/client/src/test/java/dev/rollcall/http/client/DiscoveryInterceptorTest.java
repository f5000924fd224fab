package dev.rollcall.http.client;

import static dev.rollcall.http.client.harness.FakeRegistry.answer;
import static dev.rollcall.http.client.harness.FakeRegistry.raw;
import static dev.rollcall.http.client.harness.FakeRegistry.thenReset;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.discovery.Candidates;
import dev.rollcall.discovery.Discovery;
import dev.rollcall.discovery.Instance;
import dev.rollcall.discovery.NoInstanceException;
import dev.rollcall.discovery.PickStrategy;
import dev.rollcall.http.client.harness.FakeRegistry;
import dev.rollcall.store.memory.MemoryTtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownServiceException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.BufferedSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests to the name of a service, of which instances answer, refuse, break off and hang. */
@Timeout(60)
class DiscoveryInterceptorTest {
  private static final RequestBody BODY =
      RequestBody.create("{}", MediaType.get("application/json"));

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final MemoryTtlStore store = opened(MemoryTtlStore.builder().build());
  private final ServiceRegistry registry = ServiceRegistry.over(store);
  private final FakeRegistry a = opened(FakeRegistry.hung());
  private final FakeRegistry b = opened(FakeRegistry.answering(200, "of b"));
  private Candidates candidates;

  /** Picks the first in the order of ids. */
  private final PickStrategy first =
      those -> {
        candidates = those;
        return those.get(0);
      };

  private <T extends AutoCloseable> T opened(T resource) {
    opened.add(0, resource);
    return resource;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  private void register(String id, String url) {
    registry.register(Registration.builder(url).id(id).name("orders").build());
  }

  private void registerBoth() {
    register("a", a.url());
    register("b", b.url());
  }

  private Discovery discovery() {
    return discovery(first);
  }

  private Discovery discovery(PickStrategy strategy) {
    Discovery discovery = opened(Discovery.of(registry).named("orders").strategy(strategy).build());
    try {
      assertThat(discovery.awaitFirstView(Duration.ofSeconds(30))).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return discovery;
  }

  private static OkHttpClient clientOf(Discovery discovery) {
    return clientOf(discovery, new OkHttpClient.Builder());
  }

  private static OkHttpClient clientOf(Discovery discovery, OkHttpClient.Builder builder) {
    return DiscoveryInterceptor.forNames(discovery, "orders").addTo(builder).build();
  }

  private static Request.Builder orders() {
    return new Request.Builder().url("http://orders/items");
  }

  private static String get(OkHttpClient client) throws IOException {
    return send(client, orders().build());
  }

  private static String send(OkHttpClient client, Request request) throws IOException {
    try (Response response = client.newCall(request).execute()) {
      return response.body().string();
    }
  }

  private static IOException failureOf(OkHttpClient client, Request request) {
    return catchThrowableOfType(IOException.class, () -> send(client, request));
  }

  private int calls() {
    int calls = 0;
    for (int i = 0; i < candidates.size(); i++) {
      calls += candidates.get(i).calls();
    }
    return calls;
  }

  /** Returns a port where nobody listens, and nobody else can. */
  private int refusingPort() throws IOException {
    Socket bound = opened(new Socket());
    bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return bound.getLocalPort();
  }

  @Test
  void aRequestByHttpsOfAFleetByHttpLeavesNobodyOut() throws Exception {
    register("a", a.url());
    register("b", b.url());
    Discovery discovery = discovery();
    OkHttpClient client = clientOf(discovery);

    for (int i = 0; i < 10; i++) {
      assertThat(failureOf(client, new Request.Builder().url("https://orders/").build()))
          .isInstanceOf(UnknownServiceException.class)
          .hasMessageContaining("no instance of 'orders' that was picked has an https url");
    }

    assertThat(discovery.ejections()).isZero();
    assertThat(a.asked()).isEmpty();
    assertThat(b.asked()).isEmpty();
  }

  @Test
  void theUrlOfTheInstanceComesFirstThenThePathAndTheQueryOfTheRequest() throws Exception {
    a.then(200, "of a");
    register("a", a.url() + "/base/v2/?unused");
    OkHttpClient client = clientOf(discovery());

    Request request =
        new Request.Builder().url("https://orders:1234/items/a%2Fb?x=1&y=a%20b").build();
    assertThat(failureOf(client, request)).hasMessageContaining("has an https url");
    request = request.newBuilder().url("http://ORDERS:1234/items/a%2Fb?x=1&y=a%20b").build();
    try (Response response = client.newCall(request).execute()) {
      assertThat(response.body().string()).isEqualTo("of a");
      assertThat(response.request().url().toString())
          .isEqualTo(a.url() + "/base/v2/items/a%2Fb?x=1&y=a%20b");
      assertThat(Objects.requireNonNull(response.request().tag(Service.class)).id()).isEqualTo("a");
    }
    assertThat(a.lastAsked().target()).isEqualTo("/base/v2/items/a%2Fb?x=1&y=a%20b");
    assertThat(a.lastAsked().headers()).containsEntry("host", "127.0.0.1:" + a.port());
  }

  @Test
  void aHostThatIsNotANameIsLeftAsItIs() throws Exception {
    register("a", a.url());
    OkHttpClient client = clientOf(discovery());

    assertThat(send(client, new Request.Builder().url(b.url() + "/x").build())).isEqualTo("of b");
  }

  @Test
  void aSuffixStandsForAnyName() throws Exception {
    a.then(200, "of a");
    register("a", a.url());
    OkHttpClient client =
        DiscoveryInterceptor.forSuffix(discovery(), ".Rollcall")
            .addTo(new OkHttpClient.Builder())
            .build();

    assertThat(send(client, new Request.Builder().url("http://orders.rollcall/x").build()))
        .isEqualTo("of a");
    assertThat(failureOf(client, new Request.Builder().url("http://billing.rollcall/").build()))
        .hasMessageContaining("named(\"billing\")");
  }

  @Test
  void whatCannotBeAHostIsRefusedAtOnce() {
    Discovery discovery = discovery();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> DiscoveryInterceptor.forNames(discovery))
        .withMessageContaining("no names");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DiscoveryInterceptor.forNames(discovery, "a/b"))
        .withMessageContaining("'a/b'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DiscoveryInterceptor.forNames(discovery, "Orders", "orders"))
        .withMessageContaining("the same host");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DiscoveryInterceptor.forSuffix(discovery, "rollcall"))
        .withMessageContaining("a dot and a domain");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DiscoveryInterceptor.forSuffix(discovery, "."))
        .withMessageContaining("'.'");
  }

  @Test
  void aNameMayHaveUpperCase() throws Exception {
    a.then(200, "of a");
    registry.register(Registration.builder(a.url()).id("a").name("Orders").build());
    Discovery discovery = opened(Discovery.of(registry).named("Orders").build());
    assertThat(discovery.awaitFirstView(Duration.ofSeconds(30))).isTrue();

    assertThat(
            get(
                DiscoveryInterceptor.forNames(discovery, "Orders")
                    .addTo(new OkHttpClient.Builder())
                    .build()))
        .isEqualTo("of a");
  }

  @Test
  void aPostThatIsRefusedAConnectionGoesToAnotherInstanceOnce() throws Exception {
    register("a", "http://127.0.0.1:" + refusingPort());
    register("b", b.url());
    Discovery discovery = discovery();
    OkHttpClient client = clientOf(discovery);

    assertThat(send(client, orders().post(BODY).build())).isEqualTo("of b");
    assertThat(b.asked()).hasSize(1);
    assertThat(b.lastAsked().body()).isEqualTo("{}");
    assertThat(discovery.ejected()).isEqualTo(1);
    assertThat(calls()).isZero();
  }

  @Test
  void soDoesOneWhoseHostIsUnknownOrWhoseUrlCannotBeUsed() throws Exception {
    for (String url : List.of("http://nobody.invalid:1", "http://{bad}", "http://h%zz")) {
      register("a", url);
      register("b", b.url());
      try (Discovery discovery = discovery()) {
        assertThat(send(clientOf(discovery), orders().post(BODY).build())).isEqualTo("of b");
        assertThat(discovery.ejections()).isEqualTo(1);
      }
    }
  }

  @Test
  void soDoesOneWhoseTlsHandshakeFails() throws Exception {
    a.then(200, "of a");
    register("a", "https://127.0.0.1:" + a.port());
    register("b", b.url());
    Discovery discovery = discovery();

    assertThat(send(clientOf(discovery), orders().post(BODY).build())).isEqualTo("of b");
    assertThat(discovery.ejected()).isEqualTo(1);
  }

  @Test
  @EnabledOnOs(OS.LINUX) // where a full backlog leaves a connection waiting
  void soDoesOneThatTakesNoConnectionInTime() throws Exception {
    assertAnotherIsCalledWhereNoConnectionIsTaken(
        new OkHttpClient.Builder().connectTimeout(Duration.ofMillis(200)));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void soDoesOneThatTakesNoConnectionInAThirdOfTheCallsTime() throws Exception {
    assertAnotherIsCalledWhereNoConnectionIsTaken(
        new OkHttpClient.Builder()
            .connectTimeout(Duration.ZERO)
            .callTimeout(Duration.ofSeconds(6)));
  }

  private void assertAnotherIsCalledWhereNoConnectionIsTaken(OkHttpClient.Builder client)
      throws Exception {
    ServerSocket full = opened(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    opened(new Socket(full.getInetAddress(), full.getLocalPort()));
    opened(new Socket(full.getInetAddress(), full.getLocalPort()));
    register("a", "http://127.0.0.1:" + full.getLocalPort());
    register("b", b.url());
    Discovery discovery = discovery();

    assertThat(send(clientOf(discovery, client), orders().post(BODY).build())).isEqualTo("of b");
    assertThat(discovery.ejected()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
  void anIdempotentRequestThatMayHaveArrivedIsRepeated(String method) throws Exception {
    a.then(thenReset(raw("")));
    registerBoth();
    Discovery discovery = discovery();
    OkHttpClient client = clientOf(discovery);

    Request request = orders().method(method, method.equals("PUT") ? BODY : null).build();
    assertThat(client.newCall(request).execute().code()).isEqualTo(200);
    assertThat(b.asked()).hasSize(1);
    assertThat(discovery.ejected()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PATCH", "SUBMIT"})
  void anyOtherThatMayHaveArrivedIsNot(String method) {
    a.then(thenReset(raw("")));
    registerBoth();
    Discovery discovery = discovery();

    Request request = orders().method(method, BODY).build();
    assertThat(failureOf(clientOf(discovery), request)).isNotNull();
    assertThat(a.asked()).hasSize(1);
    assertThat(b.asked()).isEmpty();
    assertThat(discovery.ejected()).isEqualTo(1);
    assertThat(calls()).isZero();
  }

  @Test
  void aBodyThatCanBeSentOnlyOnceIsNeverRepeated() throws Exception {
    RequestBody oneShot =
        new RequestBody() {
          @Override
          public MediaType contentType() {
            return MediaType.get("text/plain");
          }

          @Override
          public void writeTo(BufferedSink sink) throws IOException {
            sink.writeUtf8("once");
          }

          @Override
          public boolean isOneShot() {
            return true;
          }
        };
    register("a", "http://127.0.0.1:" + refusingPort());
    register("b", b.url());

    assertThat(failureOf(clientOf(discovery()), orders().put(oneShot).build()))
        .isInstanceOf(ConnectException.class);
    assertThat(b.asked()).isEmpty();
  }

  @Test
  void anAnswerThatIsLateIsNoFailureOfTheConnection() {
    a.then(socket -> {});
    registerBoth();
    Discovery discovery = discovery();
    OkHttpClient client =
        clientOf(discovery, new OkHttpClient.Builder().readTimeout(Duration.ofMillis(200)));

    assertThat(failureOf(client, orders().build())).isInstanceOf(SocketTimeoutException.class);
    assertThat(b.asked()).isEmpty();
    assertThat(discovery.ejections()).isZero();
    assertThat(calls()).isZero();
  }

  @Test
  void neitherIsACallThatIsCancelled() {
    registerBoth();
    Discovery discovery = discovery();
    Call call = clientOf(discovery).newCall(orders().build());
    a.then(socket -> call.cancel());

    assertThat(catchThrowable(call::execute)).isInstanceOf(IOException.class);
    assertThat(b.asked()).isEmpty();
    assertThat(discovery.ejections()).isZero();
    assertThat(calls()).isZero();
  }

  @Test
  void norAnAnswerThatSaysThatTheCallFailed() throws Exception {
    registerBoth();
    Discovery discovery = discovery();
    OkHttpClient client = clientOf(discovery);

    for (int status : new int[] {404, 500, 502, 503}) {
      a.then(status, "sorry");
      assertThat(get(client)).isEqualTo("sorry");
    }
    assertThat(b.asked()).isEmpty();
    assertThat(discovery.ejections()).isZero();
  }

  @Test
  void whatFailsAfterTheAnswerIsNotTheInstancesFault() throws Exception {
    a.then(answer(302, "Location: http://127.0.0.1:" + refusingPort() + "/\r\n", ""));
    registerBoth();
    Discovery discovery = discovery();

    assertThat(failureOf(clientOf(discovery), orders().build()))
        .isInstanceOf(ConnectException.class);
    assertThat(b.asked()).isEmpty();
    assertThat(discovery.ejections()).isZero();
    assertThat(calls()).isZero();
  }

  @Test
  void redirectsOfAnInstanceAreFollowedFromItsOwnUrl() throws Exception {
    a.then(answer(302, "Location: there\r\n", ""))
        .then(answer(302, "Location: " + b.url() + "/elsewhere\r\n", ""));
    register("a", a.url() + "/base");
    OkHttpClient client = clientOf(discovery());

    assertThat(get(client)).isEqualTo("of b");
    assertThat(a.asked()).extracting("target").containsExactly("/base/items", "/base/there");
    assertThat(b.lastAsked().target()).isEqualTo("/elsewhere");
    assertThat(calls()).isZero();
  }

  @Test
  void anAnswerIsUnderWayUntilItsBodyIsClosedOrRead() throws Exception {
    a.then(200, "of a");
    registerBoth();
    OkHttpClient client = clientOf(discovery());

    Response closed = client.newCall(orders().build()).execute();
    assertThat(calls()).isEqualTo(1);
    Response read = client.newCall(orders().build()).execute();
    assertThat(calls()).isEqualTo(2);
    closed.close();
    assertThat(calls()).isEqualTo(1);
    read.body().source().readAll(okio.Okio.blackhole());
    assertThat(calls()).isZero();
    read.close();
    assertThat(calls()).isZero();
  }

  @Test
  void anAnswerWithoutABodyNeedNotBeClosed() throws Exception {
    a.then(raw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"));
    registerBoth();
    OkHttpClient client = clientOf(discovery());

    assertThat(client.newCall(orders().head().build()).execute().code()).isEqualTo(200);
    for (int status : new int[] {204, 304}) {
      a.then(answer(status, "", ""));
      assertThat(client.newCall(orders().build()).execute().code()).isEqualTo(status);
    }
    a.then(200, "");
    assertThat(client.newCall(orders().build()).execute().code()).isEqualTo(200);
    assertThat(calls()).isZero();
  }

  @Test
  void aBodyThatBreaksOffEndsTheCall() throws Exception {
    a.then(thenReset(raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")));
    registerBoth();
    Discovery discovery = discovery();

    assertThat(failureOf(clientOf(discovery), orders().build())).isNotNull();
    assertThat(b.asked()).isEmpty();
    assertThat(calls()).isZero();
  }

  @Test
  void aWebSocketIsUnderWayUntilItIsOpen() throws Exception {
    a.then(
        FakeRegistry.byRequest(
            asked ->
                raw(
                    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket"
                        + "\r\nSec-WebSocket-Accept: "
                        + accept(Objects.requireNonNull(asked.headers().get("sec-websocket-key")))
                        + "\r\n\r\n")));
    registerBoth();
    OkHttpClient client = clientOf(discovery());

    CompletableFuture<Integer> status = new CompletableFuture<>();
    WebSocket socket =
        client.newWebSocket(
            orders().build(),
            new WebSocketListener() {
              @Override
              public void onOpen(WebSocket webSocket, Response response) {
                status.complete(response.code());
              }

              @Override
              public void onFailure(WebSocket webSocket, Throwable t, Response response) {
                status.completeExceptionally(t);
              }
            });
    assertThat(status.get(30, TimeUnit.SECONDS)).isEqualTo(101);
    assertThat(calls()).isZero();
    socket.cancel();
  }

  private static String accept(String key) {
    try {
      String text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
      byte[] hash =
          MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(hash);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void withoutAnInstanceAnAsynchronousCallFailsAndItsThreadGoesOn() throws Exception {
    Discovery discovery = discovery();
    OkHttpClient client = clientOf(discovery);
    CompletableFuture<Response> answer = new CompletableFuture<>();
    client
        .newCall(orders().build())
        .enqueue(
            new Callback() {
              @Override
              public void onFailure(Call call, IOException e) {
                answer.completeExceptionally(e);
              }

              @Override
              public void onResponse(Call call, Response response) {
                answer.complete(response);
              }
            });

    assertThat(catchThrowable(() -> answer.get(30, TimeUnit.SECONDS)))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(IOException.class)
        .hasMessageContaining("'orders'")
        .hasMessageContaining("0 services")
        .hasCauseInstanceOf(NoInstanceException.class);
    discovery.close();
    assertThat(failureOf(client, orders().build())).hasMessageContaining("closed");
  }

  @Test
  void whatAnotherInterceptorThrowsEndsTheCall() {
    a.then(200, "of a");
    registerBoth();
    Discovery discovery = discovery();
    OkHttpClient client =
        clientOf(discovery)
            .newBuilder()
            .addInterceptor(
                chain -> {
                  try (Response response = chain.proceed(chain.request())) {
                    throw new IllegalStateException("no answer pleases me: " + response.code());
                  }
                })
            .build();

    assertThat(catchThrowable(() -> get(client))).isInstanceOf(IllegalStateException.class);
    assertThat(b.asked()).isEmpty();
    assertThat(discovery.ejections()).isZero();
    assertThat(calls()).isZero();
  }

  @Test
  void ifTheOtherFailsTooTheCallFailsWithBothFailures() throws Exception {
    register("a", "http://127.0.0.1:" + refusingPort());
    register("b", "https://127.0.0.1:" + b.port());
    Discovery discovery = discovery();

    IOException failure = failureOf(clientOf(discovery), orders().build());
    assertThat(failure).isInstanceOf(SSLException.class);
    assertThat(failure.getSuppressed()).hasOnlyElementsOfType(ConnectException.class).hasSize(1);
    assertThat(b.connections()).isEqualTo(1);
    assertThat(discovery.ejections()).isEqualTo(1);
    assertThat(calls()).isZero();
  }

  @Test
  void whereThereIsNoOtherTheRequestIsNotRepeated() {
    a.then(thenReset(raw("")));
    register("a", a.url());
    register("same", a.url());

    assertThat(failureOf(clientOf(discovery()), orders().build())).isNotNull();
    assertThat(a.asked()).hasSize(1);
    assertThat(calls()).isZero();
  }

  @Test
  void whileHalfAreLeftOutAnotherIsFoundByItsCalls() throws Exception {
    a.then(thenReset(raw("")));
    int port = refusingPort();
    register("a", "http://127.0.0.1:" + port);
    register("b", a.url());
    register("c", b.url());
    PickStrategy fewest =
        those -> {
          candidates = those;
          Instance best = those.get(0);
          for (int i = 1; i < those.size(); i++) {
            best = those.get(i).calls() < best.calls() ? those.get(i) : best;
          }
          return best;
        };
    Discovery discovery = discovery(fewest);
    OkHttpClient client = clientOf(discovery);
    assertThat(failureOf(client, orders().build())).isNotNull(); // a is left out, b breaks off

    assertThat(discovery.ejected()).isEqualTo(1);
    assertThat(get(client)).isEqualTo("of b"); // the server of c
    assertThat(calls()).isZero();
  }

  @Test
  void noCallFailsWhileInstancesComeAndGo() throws Exception {
    a.then(200, "of a");
    registerBoth();
    Discovery discovery = discovery(PickStrategy.fewestCalls());
    OkHttpClient client = clientOf(discovery);
    List<FakeRegistry> serving = new ArrayList<>(List.of(a, b));
    for (int round = 0; round < 20; round++) {
      FakeRegistry next = opened(FakeRegistry.answering(200, "here"));
      serving.add(next);
      register("s" + round, next.url());
      List<CompletableFuture<Void>> callers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        callers.add(
            CompletableFuture.runAsync(
                () -> {
                  for (int call = 0; call < 50; call++) {
                    assertThat(catchThrowable(() -> get(client))).isNull();
                  }
                }));
      }
      serving.remove(0).close(); // and it stays registered
      for (CompletableFuture<Void> caller : callers) {
        caller.get(30, TimeUnit.SECONDS);
      }
      List<String> urls = serving.stream().map(FakeRegistry::url).toList();
      for (Service service : registry.list()) {
        if (!urls.contains(service.url())) {
          registry.deregister(service.id());
        }
      }
      // Otherwise there are two at once in the next round, and a second attempt may meet the other.
      Eventually.await(
          "what is known is what is there",
          Duration.ofSeconds(30),
          () -> discovery.services().size() == serving.size());
    }
  }
}
