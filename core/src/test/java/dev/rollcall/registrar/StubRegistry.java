package dev.rollcall.registrar;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** A registry that answers as a test says, and records its calls. */
class StubRegistry implements ServiceRegistry {
  final List<String> calls = new CopyOnWriteArrayList<>();
  Duration ttl = Duration.ofSeconds(30);
  boolean givesLeaseIds = true;

  /** The id that it gives to whoever registers; empty to give the one that is asked for. */
  String assigns = "";

  /** Runs before each answer; may throw. */
  volatile Runnable beforeRegister = () -> {};

  volatile Supplier<Optional<Lease>> onPing = () -> Optional.of(lease("a"));
  volatile Runnable beforeDeregister = () -> {};
  private int leases;

  final Lease lease(String id) {
    return Lease.of(id, ttl, Instant.EPOCH.plus(ttl));
  }

  static String nameOf(Registration registration) {
    String id = registration.id().orElse("(none)");
    return registration
        .leaseId()
        .map(leaseId -> "update " + id + " " + leaseId)
        .orElse("register " + id);
  }

  /** Sees what is registered. */
  void noteRegistration(Registration registration) {}

  final Lease registered(Registration registration) {
    noteRegistration(registration);
    beforeRegister.run();
    Lease lease = lease(assigns.isEmpty() ? registration.id().orElseThrow() : assigns);
    return givesLeaseIds
        ? lease.withLeaseId(registration.leaseId().orElseGet(() -> "L" + ++leases))
        : lease;
  }

  final Optional<Service> deregistered() {
    beforeDeregister.run();
    return Optional.empty();
  }

  @Override
  public final Lease register(Registration registration) {
    calls.add(nameOf(registration));
    return registered(registration);
  }

  @Override
  public final Optional<Lease> ping(String id, Fence fence) {
    calls.add(nameOf("ping", id, fence));
    return onPing.get();
  }

  @Override
  public final Optional<Service> deregister(String id, Fence fence) {
    calls.add(nameOf("deregister", id, fence));
    return deregistered();
  }

  static String nameOf(String call, String id, Fence fence) {
    return call + " " + id + fence.leaseId().map(leaseId -> " " + leaseId).orElse("");
  }

  @Override
  public final Optional<Service> find(String id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public final List<Service> list() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}

  /** Returns what it was asked since the last time. */
  final List<String> newCalls() {
    List<String> since = List.copyOf(calls);
    calls.clear();
    return since;
  }
}
