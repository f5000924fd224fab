package dev.rollcall.examples.springboot;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.RegistryEndpoints;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.ContextClosedEvent;

/** Serves a registry under {@code /registry} of its own port, beside whatever else it serves. */
@SpringBootApplication(proxyBeanMethods = false)
public class RegistryApplication {
  /**
   * Serves until the process is stopped.
   *
   * @param args options of Spring Boot, such as {@code --server.port=9000}
   */
  public static void main(String[] args) {
    SpringApplication.run(RegistryApplication.class, args);
  }

  /** Returns the registry; {@code valkey://host:6379} with the Valkey store is the same. */
  @Bean
  ServiceRegistry serviceRegistry() {
    return ServiceRegistry.open("memory:");
  }

  @Bean
  RegistryEndpoints registryEndpoints(ServiceRegistry registry) {
    return RegistryEndpoints.of(registry);
  }

  @Bean
  ServletRegistrationBean<RegistryServlet> registryServlet(RegistryEndpoints endpoints) {
    return new ServletRegistrationBean<>(new RegistryServlet(endpoints), "/registry/*");
  }

  /** Comes before the web server is stopped, which would wait for event streams to end. */
  @Bean
  ApplicationListener<ContextClosedEvent> endOfWatches(RegistryEndpoints endpoints) {
    return closed -> endpoints.endWatches();
  }
}
