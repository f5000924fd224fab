package dev.rollcall.examples.springcloud;

import dev.rollcall.Service;
import dev.rollcall.discovery.Discovery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.web.util.UriComponents;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Flux;

/**
 * The instances of a service for Spring Cloud's load balancer: those that the watch of the registry
 * knows at the moment of the call. Nothing is cached in between, and nothing blocks.
 */
final class RollcallInstances implements ServiceInstanceListSupplier {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final Discovery discovery;
  private final String name;
  private volatile Converted last = new Converted(List.of(), List.of());

  /**
   * Services, and what Spring Cloud calls them: the same until a service comes, changes or goes.
   */
  private record Converted(List<Service> services, List<ServiceInstance> instances) {}

  /** Spring Cloud makes its beans once for each service that is called; it must not be scanned. */
  static final class OfEachService {
    @Bean
    ServiceInstanceListSupplier rollcallInstances(Discovery discovery, Environment environment) {
      return new RollcallInstances(
          discovery, environment.getRequiredProperty(LoadBalancerClientFactory.PROPERTY_NAME));
    }
  }

  RollcallInstances(Discovery discovery, String name) {
    this.discovery = discovery;
    this.name = name;
  }

  @Override
  public String getServiceId() {
    return name;
  }

  @Override
  public Flux<List<ServiceInstance>> get() {
    return Flux.defer(() -> Flux.just(current()));
  }

  private List<ServiceInstance> current() {
    List<Service> services = discovery.services(name);
    Converted known = last;
    if (known.services() != services) {
      known = new Converted(services, of(services));
      last = known;
    }
    return known.instances();
  }

  /** Returns what Spring Cloud calls services, without those whose URL it cannot call. */
  static List<ServiceInstance> of(List<Service> services) {
    List<ServiceInstance> instances = new ArrayList<>(services.size());
    for (Service service : services) {
      try {
        instances.add(of(service));
      } catch (IllegalArgumentException | IllegalStateException e) {
        // One instance that nobody can call must not keep others from being called.
      }
    }
    return List.copyOf(instances);
  }

  private static ServiceInstance of(Service service) {
    // Not a java.net.URI: that finds no host in http://my_service:8000.
    UriComponents url = UriComponentsBuilder.fromUriString(service.url()).build();
    boolean isSecure = "https".equalsIgnoreCase(url.getScheme());
    int port = url.getPort() >= 0 ? url.getPort() : isSecure ? HTTPS_PORT : HTTP_PORT;
    Map<String, String> metadata = new HashMap<>();
    service
        .info()
        .forEach(
            (key, value) -> {
              if (value instanceof String text) {
                metadata.put(key, text);
              }
            });
    var instance =
        new DefaultServiceInstance(
            service.id(), service.name(), url.getHost(), port, isSecure, metadata);
    if (url.getHost() == null || instance.getUri().getAuthority() == null) {
      throw new IllegalArgumentException("no host: " + service.url());
    }
    return instance;
  }
}
