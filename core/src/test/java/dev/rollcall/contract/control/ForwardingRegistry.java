package dev.rollcall.contract.control;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.Watch;
import dev.rollcall.discovery.WatchListener;
import java.util.List;
import java.util.Optional;

/** A registry that forwards each call to another one; a subclass changes what it overrides. */
public class ForwardingRegistry implements ServiceRegistry {
  private final ServiceRegistry registry;

  /** Wraps a registry, which is closed with this. */
  public ForwardingRegistry(ServiceRegistry registry) {
    this.registry = registry;
  }

  @Override
  public Lease register(Registration registration) {
    return registry.register(registration);
  }

  @Override
  public Optional<Lease> ping(String id, Fence fence) {
    return registry.ping(id, fence);
  }

  @Override
  public Optional<Service> deregister(String id, Fence fence) {
    return registry.deregister(id, fence);
  }

  @Override
  public Optional<Service> find(String id) {
    return registry.find(id);
  }

  @Override
  public List<Service> list() {
    return registry.list();
  }

  @Override
  public List<Service> list(Query query) {
    return registry.list(query);
  }

  @Override
  public Watch watch(Query query, WatchListener listener) {
    return registry.watch(query, listener);
  }

  @Override
  public void close() {
    registry.close();
  }
}
