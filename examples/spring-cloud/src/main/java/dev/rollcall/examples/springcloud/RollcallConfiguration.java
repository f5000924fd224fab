package dev.rollcall.examples.springcloud;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.discovery.Discovery;
import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.metrics.RollcallMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClients;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** What Rollcall adds to an application. Spring closes what these beans hold. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RollcallProperties.class)
@LoadBalancerClients(defaultConfiguration = RollcallInstances.OfEachService.class)
class RollcallConfiguration {
  @Bean
  ServiceRegistry serviceRegistry(RollcallProperties properties) {
    HttpServiceRegistry.Builder builder = HttpServiceRegistry.builder(properties.url());
    if (properties.serviceKey() != null) {
      builder.serviceKey(properties.serviceKey());
    }
    return builder.build();
  }

  @Bean
  RollcallMetrics rollcallMetrics(MeterRegistry meters) {
    return RollcallMetrics.of(meters);
  }

  @Bean
  RollcallDiscoveryClient.Names serviceNames(ApplicationEventPublisher events) {
    return new RollcallDiscoveryClient.Names(events);
  }

  /** Waits for the instances here, so that no call does, which may be on an event loop. */
  @Bean
  Discovery discovery(
      ServiceRegistry registry,
      RollcallDiscoveryClient.Names serviceNames,
      RollcallProperties properties,
      RollcallMetrics metrics)
      throws InterruptedException {
    Discovery.Builder builder =
        Discovery.of(registry).listener(serviceNames).startTimeout(Duration.ZERO);
    properties.names().forEach(builder::named);
    Discovery discovery = builder.build();
    metrics.measure(discovery);
    var unused = discovery.awaitFirstView(properties.startTimeout());
    return discovery;
  }

  @Bean
  RollcallDiscoveryClient rollcallDiscoveryClient(
      Discovery discovery, RollcallDiscoveryClient.Names serviceNames) {
    return new RollcallDiscoveryClient(discovery, serviceNames);
  }

  @Bean
  ServiceRegistration serviceRegistration(
      ServiceRegistry registry,
      RollcallProperties properties,
      Environment environment,
      RollcallMetrics metrics) {
    return new ServiceRegistration(
        registry, properties.instance(), environment, metrics.registrars());
  }

  @Bean
  RollcallHealth rollcallHealthIndicator(ServiceRegistration registration, Discovery discovery) {
    return new RollcallHealth(registration, discovery);
  }
}
