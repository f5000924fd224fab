package dev.rollcall.examples.springboot;

import dev.rollcall.ServiceInfo;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.registrar.Registrar;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Registers the application when it is ready, and deregisters it before its web server stops. */
@Component
final class SelfRegistration {
  private final ServiceRegistry registry;
  private final RegistryEndpoints endpoints;
  private final Environment environment;
  private @Nullable Registrar registrar;

  SelfRegistration(ServiceRegistry registry, RegistryEndpoints endpoints, Environment environment) {
    this.registry = registry;
    this.endpoints = endpoints;
    this.environment = environment;
  }

  @EventListener(ApplicationReadyEvent.class)
  void register() {
    registrar =
        Registrar.builder()
            .registry(registry)
            .name(environment.getProperty("spring.application.name", "spring-boot-example"))
            .info(ServiceInfo.builder().displayName("Spring Boot example").version("1.0.0").build())
            .host(environment.getProperty("service.host", "localhost"))
            .port(environment.getRequiredProperty("local.server.port", Integer.class))
            .shutdownHook(false) // Spring has one, which closes the context.
            .build();
    registrar.start();
  }

  /** Comes before the web server is stopped, so whoever finds the service can still reach it. */
  @EventListener(ContextClosedEvent.class)
  void deregister() {
    endpoints.drain();
    if (registrar != null) {
      registrar.close();
    }
  }
}
