package dev.rollcall.examples.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.contract.WatchProbe;
import dev.rollcall.discovery.Query;
import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.spi.ViewListener;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers come and go under calls. */
@Timeout(120)
class OrdersTest {
  private static final String HOST = "localhost";
  private static final int CALLERS = 4;

  private final AtomicInteger open = new AtomicInteger();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final ServiceRegistry registry =
      StoreRegistry.builder(TtlStore.open("memory:"))
          .viewListener(
              new ViewListener() {
                @Override
                public void watchesOpen(int count) {
                  if (open.getAndSet(count) > count && count == 0) {
                    ended.countDown();
                  }
                }
              })
          .build();

  @AfterEach
  void close() {
    registry.close();
  }

  private OrdersServer aServer() throws Exception {
    return OrdersServer.start(registry, HOST, 0);
  }

  private static String says(OrdersServer server) {
    return "says the instance at port " + server.port();
  }

  /** Calls until this server answers. */
  private static void awaitAnswerOf(OrdersServer server, OrdersClient client) {
    while (!client.statusOf("7").endsWith(says(server))) {
      Thread.onSpinWait();
    }
  }

  @Test
  void noCallFailsWhileServersComeAndGo() throws Exception {
    AtomicBoolean goesOn = new AtomicBoolean(true);
    ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    OrdersServer staying = aServer();
    try (OrdersClient client = new OrdersClient(registry)) {
      List<Future<Integer>> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        callers.add(
            threads.submit(
                () -> {
                  int calls = 0;
                  for (; goesOn.get(); calls++) {
                    assertThat(client.statusOf("7")).startsWith("order 7 is on its way");
                  }
                  return calls;
                }));
      }
      for (int round = 0; round < 10; round++) {
        OrdersServer passing = aServer();
        awaitAnswerOf(passing, client);
        awaitAnswerOf(staying, client);
        passing.close();
        assertThat(client.statusOf("7")).endsWith(says(staying));
      }
      goesOn.set(false);
      for (Future<Integer> caller : callers) {
        assertThat(caller.get()).isPositive(); // it has not thrown
      }
    } finally {
      goesOn.set(false);
      threads.shutdownNow();
      staying.close();
    }
  }

  @Test
  void withoutAnInstanceACallFailsWithASentenceUntilOneComes() throws Exception {
    try (OrdersClient client = new OrdersClient(registry)) {
      assertThatThrownBy(() -> client.statusOf("7"))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessageContaining(
              "UNAVAILABLE: no instance of 'orders' is known: none is registered");

      try (OrdersServer server = aServer()) {
        String answer = null;
        while (answer == null) {
          try {
            answer = client.statusOf("7");
          } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
          }
        }
        assertThat(answer).endsWith(says(server));
      }
    }
  }

  @Test
  void callsGoOnWhileTheRegistryIsDown() throws Exception {
    RegistryHttpServer server = RegistryHttpServer.builder(registry).start();
    try (OrdersServer orders = aServer();
        ServiceRegistry remote =
            HttpServiceRegistry.connect("http://localhost:" + server.address().getPort());
        OrdersClient client = new OrdersClient(remote);
        WatchProbe probe = WatchProbe.open(remote, Query.all())) {
      assertThat(client.statusOf("7")).endsWith(says(orders));
      server.close();
      var unused = probe.await(view -> view.staleSince().isPresent());

      for (int i = 0; i < 100; i++) {
        assertThat(client.statusOf("7")).endsWith(says(orders));
      }
    } finally {
      server.close();
    }
  }

  @Test
  void aRegistryThatHasNotAnsweredYetIsNamed() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    try (ServiceRegistry down = HttpServiceRegistry.connect("http://localhost:" + free);
        OrdersClient client = new OrdersClient(down)) {
      String message = "";
      while (!message.contains("UNAVAILABLE")) { // a call may take less time than the start
        try {
          message = client.statusOf("7");
        } catch (StatusRuntimeException e) {
          message = e.getMessage();
        }
      }
      assertThat(message).contains("'orders' is known: the registry has not answered yet");
    }
  }

  @Test
  void anInstanceThatNobodyCanReachCostsNoCall() throws Exception {
    registry.register(Registration.builder("http://no-such-host.invalid:1").name("orders").build());
    try (OrdersServer orders = aServer();
        OrdersClient client = new OrdersClient(registry)) {
      for (int i = 0; i < 10; i++) {
        assertThat(client.statusOf("7")).endsWith(says(orders));
      }
    }
  }

  /** A java.net.URI has no host for this name, as a host of containers may have it. */
  @Test
  void anInstanceWhoseHostCannotBeReadIsNotTakenForThisHost() {
    registry.register(Registration.builder("http://my_service:1").name("orders").build());
    try (OrdersClient client = new OrdersClient(registry)) {
      assertThatThrownBy(() -> client.statusOf("7"))
          .hasMessageContaining("none of the hosts of 1 instances can be found");
    }
  }

  @Test
  void theWatchEndsWithTheChannel() throws Exception {
    try (OrdersServer orders = aServer()) {
      try (OrdersClient client = new OrdersClient(registry)) {
        assertThat(client.statusOf("7")).endsWith(says(orders));
        assertThat(open).hasValue(1);
      }
      assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"rollcall:///", "rollcall:///a/b", "rollcall://host/orders", "rollcall:orders"})
  void aTargetThatNamesNoServiceIsRefused(String target) {
    NameResolverRegistry resolvers = new NameResolverRegistry();
    resolvers.register(new RollcallNameResolverProvider(registry));

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Grpc.newChannelBuilder(target, InsecureChannelCredentials.create(), resolvers)
                    .build())
        .withMessageContaining("rollcall:///NAME");
  }
}
