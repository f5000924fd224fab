package dev.rollcall.http.server;

import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A registry that does what a test says: fails, waits, or answers as another registry would. */
final class ScriptedRegistry implements ServiceRegistry {
  private volatile Runnable step = () -> {};
  private volatile Optional<Service> held = Optional.empty();
  private volatile Supplier<Lease> lease =
      () -> Lease.of("a", Duration.ofSeconds(30), Instant.EPOCH);

  /** Sets what every call does first. */
  void onEachCall(Runnable step) {
    this.step = step;
  }

  /** Makes every call fail. */
  void failWith(RuntimeException failure) {
    onEachCall(
        () -> {
          throw failure;
        });
  }

  void onRegister(Supplier<Lease> lease) {
    this.lease = lease;
  }

  @Override
  public Lease register(Registration registration) {
    step.run();
    return lease.get();
  }

  @Override
  public Optional<Lease> ping(String id) {
    step.run();
    return Optional.of(lease.get());
  }

  @Override
  public Optional<Lease> ping(String id, String leaseId) {
    return ping(id);
  }

  /** Sets what a deregistration finds. */
  void holds(Service service) {
    this.held = Optional.of(service);
  }

  @Override
  public Optional<Service> deregister(String id) {
    step.run();
    return held;
  }

  @Override
  public Optional<Service> deregister(String id, String leaseId) {
    return deregister(id);
  }

  @Override
  public Optional<Service> find(String id) {
    step.run();
    return Optional.empty();
  }

  @Override
  public List<Service> list() {
    step.run();
    return List.of();
  }

  @Override
  public void close() {}
}
