package dev.rollcall;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** A registry that does as a test says, and notes what it was asked. */
final class ScriptedRegistry implements ServiceRegistry {
  final List<String> calls = new CopyOnWriteArrayList<>();
  Duration ttl = Duration.ofSeconds(30);
  boolean givesLeaseIds = true;

  /** Runs before each answer; may throw. */
  volatile Runnable beforeRegister = () -> {};

  volatile Supplier<Optional<Lease>> onPing = () -> Optional.of(lease("a"));
  volatile Runnable beforeDeregister = () -> {};
  private int leases;

  Lease lease(String id) {
    return Lease.of(id, ttl, Instant.EPOCH.plus(ttl));
  }

  @Override
  public Lease register(Registration registration) {
    calls.add("register " + registration.id().orElse("(none)"));
    beforeRegister.run();
    Lease lease = lease(registration.id().orElse("made"));
    return givesLeaseIds ? lease.withLeaseId("L" + ++leases) : lease;
  }

  @Override
  public Optional<Lease> ping(String id) {
    calls.add("ping " + id);
    return onPing.get();
  }

  @Override
  public Optional<Lease> ping(String id, String leaseId) {
    calls.add("ping " + id + " " + leaseId);
    return onPing.get();
  }

  @Override
  public Optional<Service> deregister(String id) {
    calls.add("deregister " + id);
    beforeDeregister.run();
    return Optional.empty();
  }

  @Override
  public Optional<Service> deregister(String id, String leaseId) {
    calls.add("deregister " + id + " " + leaseId);
    beforeDeregister.run();
    return Optional.empty();
  }

  @Override
  public Optional<Service> find(String id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Service> list() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}

  /** Returns what it was asked since the last time. */
  List<String> newCalls() {
    List<String> since = List.copyOf(calls);
    calls.clear();
    return since;
  }
}
