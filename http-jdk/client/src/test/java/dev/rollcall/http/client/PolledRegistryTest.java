package dev.rollcall.http.client;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.HttpServer;
import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.QueryContract;
import dev.rollcall.contract.WatchContract;
import dev.rollcall.contract.control.ForwardingRegistry;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.Watch;
import dev.rollcall.discovery.WatchListener;
import dev.rollcall.http.client.log.TextSanitizer;
import dev.rollcall.http.client.protocol.Endpoints;
import dev.rollcall.http.client.protocol.ErrorDecoder;
import dev.rollcall.http.client.protocol.ProtocolRequests;
import dev.rollcall.http.client.stream.StreamedWatch;
import dev.rollcall.http.client.transport.Transport;
import dev.rollcall.http.client.transport.TransportSettings;
import dev.rollcall.http.server.jdk.RegistryHandler;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What a watch sees of a registry that has neither streams nor queries, as a Python orchestrator
 * has none: it answers a stream's request with its list, and is polled. The polls come every 100 ms
 * here.
 */
class PolledRegistryTest implements WatchContract, QueryContract {
  private final ManualClock clock = new ManualClock();
  private final MemoryTtlStore store =
      MemoryTtlStore.builder().nanoTime(clock).wallClock(clock).build();
  private final ServiceRegistry served = ServiceRegistry.over(store);
  private final RegistryHandler handler = RegistryHandler.of(served);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private WithoutStreams registry;

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
    String url = "http://localhost:" + server.getAddress().getPort();
    registry = new WithoutStreams(HttpServiceRegistry.connect(url), url);
  }

  private void handle(HttpExchange exchange) throws IOException {
    handler.handle(new PlainExchange(exchange));
  }

  @AfterEach
  void close() {
    registry.close();
    server.stop(0);
    threads.shutdownNow();
    served.close();
    store.close();
  }

  @Override
  public ServiceRegistry registry() {
    return registry;
  }

  @Override
  public void elapse(Duration time) {
    clock.advance(time);
  }

  @Override
  public int rounds() {
    return 100;
  }

  /** An exchange without what a Python orchestrator ignores: the query, and what is accepted. */
  private static final class PlainExchange extends HttpExchange {
    private final HttpExchange exchange;
    private final Headers headers = new Headers();

    PlainExchange(HttpExchange exchange) {
      this.exchange = exchange;
      headers.putAll(exchange.getRequestHeaders());
      headers.remove("Accept");
    }

    @Override
    public Headers getRequestHeaders() {
      return headers;
    }

    @Override
    public URI getRequestURI() {
      URI uri = exchange.getRequestURI();
      return exchange.getRequestMethod().equals("GET") ? URI.create(uri.getRawPath()) : uri;
    }

    @Override
    public Headers getResponseHeaders() {
      return exchange.getResponseHeaders();
    }

    @Override
    public String getRequestMethod() {
      return exchange.getRequestMethod();
    }

    @Override
    public HttpContext getHttpContext() {
      return exchange.getHttpContext();
    }

    @Override
    public void close() {
      exchange.close();
    }

    @Override
    public InputStream getRequestBody() {
      return exchange.getRequestBody();
    }

    @Override
    public OutputStream getResponseBody() {
      return exchange.getResponseBody();
    }

    @Override
    public void sendResponseHeaders(int status, long length) throws IOException {
      exchange.sendResponseHeaders(status, length);
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
      return exchange.getRemoteAddress();
    }

    @Override
    public int getResponseCode() {
      return exchange.getResponseCode();
    }

    @Override
    public InetSocketAddress getLocalAddress() {
      return exchange.getLocalAddress();
    }

    @Override
    public String getProtocol() {
      return exchange.getProtocol();
    }

    @Override
    public Object getAttribute(String name) {
      return exchange.getAttribute(name);
    }

    @Override
    public void setAttribute(String name, Object value) {
      exchange.setAttribute(name, value);
    }

    @Override
    public void setStreams(InputStream in, OutputStream out) {
      exchange.setStreams(in, out);
    }

    @Override
    public HttpPrincipal getPrincipal() {
      return exchange.getPrincipal();
    }
  }

  /** A client whose watches poll more often. */
  private static final class WithoutStreams extends ForwardingRegistry {
    private final ProtocolRequests requests;
    private final Transport transport;
    private final StoreRegistry polled;

    WithoutStreams(ServiceRegistry client, String url) {
      super(client);
      InstantSource wallClock = InstantSource.system();
      requests =
          new ProtocolRequests(
              Endpoints.of(url),
              new ErrorDecoder(wallClock, new TextSanitizer()),
              wallClock,
              System::nanoTime);
      transport = new Transport(new TransportSettings(Endpoints.of(url)), requests::probe);
      polled =
          StoreRegistry.builder(new Polled(client))
              .reconcileInterval(Duration.ofMillis(100))
              .build();
    }

    @Override
    public Watch watch(Query query, WatchListener listener) {
      if (query.isPaged()) {
        return super.watch(query, listener);
      }
      StreamedWatch watch =
          new StreamedWatch(
              query,
              listener,
              requests,
              transport,
              InstantSource.system(),
              StreamedWatch.STREAM_RETRY,
              polled::watch,
              () -> {});
      watch.start();
      return watch;
    }

    @Override
    public void close() {
      polled.close();
      transport.close();
      super.close();
    }
  }

  /** What polls read: as much of a store as a registry is. */
  private record Polled(ServiceRegistry registry) implements TtlStore {
    @Override
    public Collection<Service> list() {
      return registry.list();
    }

    @Override
    public Optional<Service> find(String id) {
      return registry.find(id);
    }

    @Override
    public Lease put(Claim claim) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Lease> renew(String id, Fence fence) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Service> remove(String id, Fence fence) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      // The registry is the test's to close.
    }
  }
}
