package dev.rollcall.examples.springcloud;

import dev.rollcall.Service;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Discovery;
import dev.rollcall.discovery.DiscoveryListener;
import dev.rollcall.discovery.View;
import java.util.List;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.ApplicationEventPublisher;

/** Tells Spring Cloud of all services that the watch of the registry knows. */
final class RollcallDiscoveryClient implements DiscoveryClient {
  private final Discovery discovery;
  private final Names names;

  /**
   * The names of the services, which it tells Spring Cloud, such as its gateway, when they change.
   */
  static final class Names implements DiscoveryListener {
    private final ApplicationEventPublisher events;
    private volatile List<String> names = List.of();

    Names(ApplicationEventPublisher events) {
      this.events = events;
    }

    @Override
    public void changed(View view, List<Change> changes) {
      names = view.services().stream().map(Service::name).distinct().sorted().toList();
      events.publishEvent(new HeartbeatEvent(this, view.version()));
    }
  }

  RollcallDiscoveryClient(Discovery discovery, Names names) {
    this.discovery = discovery;
    this.names = names;
  }

  @Override
  public String description() {
    return "Rollcall";
  }

  @Override
  public List<ServiceInstance> getInstances(String name) {
    boolean isKnown = discovery.names().isEmpty() || discovery.names().contains(name);
    return isKnown ? RollcallInstances.of(discovery.services(name)) : List.of();
  }

  @Override
  public List<String> getServices() {
    return names.names;
  }
}
