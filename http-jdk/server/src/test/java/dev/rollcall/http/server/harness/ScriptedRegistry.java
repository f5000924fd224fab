package dev.rollcall.http.server.harness;

import dev.rollcall.Fence;
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
public final class ScriptedRegistry implements ServiceRegistry {
  private volatile Runnable step = () -> {};
  private volatile Optional<Service> held = Optional.empty();
  private volatile Supplier<Lease> lease =
      () -> Lease.of("a", Duration.ofSeconds(30), Instant.EPOCH);

  /** Sets what every call does first. */
  public void onEachCall(Runnable step) {
    this.step = step;
  }

  /** Makes every call fail. */
  public void failWith(RuntimeException failure) {
    onEachCall(
        () -> {
          throw failure;
        });
  }

  public void onRegister(Supplier<Lease> lease) {
    this.lease = lease;
  }

  @Override
  public Lease register(Registration registration) {
    step.run();
    return lease.get();
  }

  @Override
  public Optional<Lease> ping(String id, Fence fence) {
    step.run();
    return Optional.of(lease.get());
  }

  /** Sets what a deregistration finds. */
  public void holds(Service service) {
    this.held = Optional.of(service);
  }

  @Override
  public Optional<Service> deregister(String id, Fence fence) {
    step.run();
    return held;
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
