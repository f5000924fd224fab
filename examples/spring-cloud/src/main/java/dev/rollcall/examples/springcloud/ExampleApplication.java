package dev.rollcall.examples.springcloud;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/** Greets, and asks another instance of itself, or of whatever service it is told, to greet. */
@SpringBootApplication(proxyBeanMethods = false)
@RestController
public class ExampleApplication {
  private final Environment environment;

  ExampleApplication(Environment environment) {
    this.environment = environment;
  }

  /**
   * Serves until the process is stopped.
   *
   * @param args options of Spring Boot, such as {@code --server.port=8080}
   */
  public static void main(String[] args) {
    SpringApplication.run(ExampleApplication.class, args);
  }

  /** Resolves the host of each URL, such as {@code http://orders/…}, to an instance. */
  @Bean
  @LoadBalanced
  RestClient.Builder restClients() {
    return RestClient.builder();
  }

  @Bean
  @LoadBalanced
  WebClient.Builder webClients() {
    return WebClient.builder();
  }

  @GetMapping("/greeting")
  String greet() {
    return "Hello from port " + environment.getProperty("local.server.port");
  }
}
