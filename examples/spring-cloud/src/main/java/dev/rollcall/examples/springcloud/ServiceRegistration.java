package dev.rollcall.examples.springcloud;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.registrar.Registrar;
import dev.rollcall.registrar.RegistrarListener;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;

/**
 * Registers the application when it is ready, which is after its web server and its runners, and
 * deregisters it before its web server stops.
 *
 * <p>Spring stops the beans of a higher phase first. This has the highest phase; the web server's
 * graceful shutdown (WebServerGracefulShutdownLifecycle) and its stop come 1,024 and 2,048 below.
 */
final class ServiceRegistration implements SmartLifecycle {
  private final ServiceRegistry registry;
  private final RollcallProperties.Instance instance;
  private final Environment environment;
  private final RegistrarListener listener;

  // Guarded by this.
  private boolean isRunning;
  private boolean isReady;
  private @Nullable Registrar registrar;

  ServiceRegistration(
      ServiceRegistry registry,
      RollcallProperties.Instance instance,
      Environment environment,
      RegistrarListener listener) {
    this.registry = registry;
    this.instance = instance;
    this.environment = environment;
    this.listener = listener;
  }

  /** Registers again where a context is started again after a stop; at first it is not ready. */
  @Override
  public synchronized void start() {
    isRunning = true;
    register();
  }

  @EventListener(ApplicationReadyEvent.class)
  synchronized void ready() {
    isReady = true;
    register();
  }

  private void register() {
    if (!isRunning || !isReady || registrar != null || !isWanted()) {
      return;
    }
    Registrar.Builder builder =
        Registrar.builder()
            .registry(registry)
            .name(instance.name())
            .info(instance.info())
            .ttl(instance.ttl())
            .drainDelay(instance.drainDelay())
            .port(port())
            .listener(listener)
            .shutdownHook(false); // Spring has one, which closes the context.
    if (instance.host() != null) {
      builder.host(instance.host());
    }
    registrar = builder.build();
    // In the background: an application serves, whether its registry does or not.
    var unused = registrar.startInBackground();
  }

  private int port() {
    Integer configured = instance.port();
    return configured != null
        ? configured
        : environment.getRequiredProperty("local.server.port", Integer.class);
  }

  /** Deregisters, and returns when the time is over that the application has to drain. */
  @Override
  public void stop() {
    Registrar closing;
    synchronized (this) {
      isRunning = false;
      closing = registrar;
      registrar = null;
    }
    if (closing != null) {
      closing.close();
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return isRunning;
  }

  /** Returns whether the application is to be registered once it is ready. */
  boolean isWanted() {
    return instance.register();
  }

  /** Returns what keeps the application registered; empty before it is ready. */
  synchronized Optional<Registrar> registrar() {
    return Optional.ofNullable(registrar);
  }
}
