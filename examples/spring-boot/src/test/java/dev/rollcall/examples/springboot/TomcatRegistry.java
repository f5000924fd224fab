package dev.rollcall.examples.springboot;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.harness.TestServer;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/**
 * The servlet at the root of a Tomcat; over a store in memory whose time the test turns, unless it
 * is given a registry.
 */
final class TomcatRegistry implements TestServer {
  private static final Logger TOMCAT_LOG = Logger.getLogger("org.apache");

  private final ManualClock clock = new ManualClock();
  private final MemoryTtlStore store =
      MemoryTtlStore.builder().nanoTime(clock).wallClock(clock).build();
  private final ServiceRegistry registry;
  private final Tomcat tomcat = new Tomcat();
  private final RegistryEndpoints endpoints;
  private final AtomicBoolean isOpen = new AtomicBoolean(true);
  private final Connector connector = new Connector();
  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private final Handler log = new WarningHandler(warnings);

  TomcatRegistry(UnaryOperator<RegistryEndpoints.Builder> settings) {
    this(Optional.empty(), settings);
  }

  TomcatRegistry(ServiceRegistry registry, UnaryOperator<RegistryEndpoints.Builder> settings) {
    this(Optional.of(registry), settings);
  }

  private TomcatRegistry(
      Optional<ServiceRegistry> given, UnaryOperator<RegistryEndpoints.Builder> settings) {
    this.registry = given.orElseGet(() -> ServiceRegistry.over(store));
    TOMCAT_LOG.addHandler(log);
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    // Other classes of tests run in other JVMs meanwhile.
    tomcat.setBaseDir(Path.of("target", "tomcat-" + ProcessHandle.current().pid()).toString());
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", null);
    endpoints = settings.apply(RegistryEndpoints.builder(registry)).build();
    Wrapper servlet = Tomcat.addServlet(context, "registry", new RegistryServlet(endpoints));
    servlet.setAsyncSupported(true);
    servlet.addMapping("/*");
    try {
      tomcat.start();
    } catch (LifecycleException e) {
      throw new IllegalStateException(e);
    }
  }

  ManualClock clock() {
    return clock;
  }

  /** Returns what Tomcat has logged of requests that it could not end in good order. */
  List<String> warnings() {
    return warnings;
  }

  @Override
  public ServiceRegistry registry() {
    return registry;
  }

  @Override
  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), connector.getLocalPort());
  }

  /** Stops as an application does that ends its watches before its container. */
  @Override
  public void close() {
    if (!isOpen.getAndSet(false)) {
      return;
    }
    endpoints.endWatches();
    try {
      endpoints.awaitLateResponses(Duration.ofSeconds(2));
      tomcat.stop();
      tomcat.destroy();
    } catch (LifecycleException | InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      TOMCAT_LOG.removeHandler(log);
      store.close();
    }
  }

  private static final class WarningHandler extends Handler {
    private final List<String> warnings;

    WarningHandler(List<String> warnings) {
      this.warnings = warnings;
    }

    /**
     * Leaves out what is not of requests: what its class loader cannot check on this Java, and that
     * a random number took long on a busy machine.
     */
    @Override
    public void publish(LogRecord line) {
      String logger = line.getLoggerName();
      boolean isOfRequests =
          !logger.startsWith("org.apache.catalina.loader")
              && !logger.startsWith("org.apache.catalina.util.SessionIdGenerator");
      if (isOfRequests && line.getLevel().intValue() >= Level.WARNING.intValue()) {
        warnings.add(line.getMessage() + " " + line.getThrown());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
