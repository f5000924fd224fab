package dev.rollcall.examples.robustness;

import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.Service;
import dev.rollcall.http.client.HttpServiceRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The client of the library. It sends a request once more where a connection broke, so a
 * deregistration that finds nothing, or another, may have removed the service; and a registration
 * may take effect twice, each time with a lease of its own, of which the client learns the last.
 */
final class LibraryRegistry implements Registry {
  private final HttpServiceRegistry registry;
  private final Predicate<String> isOurs;

  /**
   * Creates a way to one server.
   *
   * @param isOurs whether an id is one of this run, which lists are read for
   */
  LibraryRegistry(int port, Duration timeout, Predicate<String> isOurs) {
    this.isOurs = isOurs;
    this.registry =
        HttpServiceRegistry.builder("http://127.0.0.1:" + port).timeout(timeout).build();
  }

  @Override
  public void carryOut(Operation.Builder operation) {
    boolean removes = operation.kind() == OperationKind.DEREGISTER;
    if (operation.kind() == OperationKind.REGISTER) {
      operation.repeatable();
    }
    try {
      if (ask(operation)) {
        operation.outcome(Outcome.OK);
      } else {
        operation.outcome(removes ? Outcome.UNKNOWN : Outcome.NOT_FOUND);
      }
    } catch (LeaseSupersededException e) {
      operation.outcome(removes ? Outcome.UNKNOWN : Outcome.SUPERSEDED);
    } catch (RegistryUnavailableException e) {
      operation.outcome(Outcome.UNKNOWN).note(e.getMessage());
    } catch (RuntimeException e) {
      operation.outcome(Outcome.WRONG).note(e.toString());
    }
  }

  /** Returns whether there was something. */
  private boolean ask(Operation.Builder operation) {
    String id = operation.id();
    return switch (operation.kind()) {
      case REGISTER -> {
        Lease lease =
            registry.register(
                Registration.builder(ServiceSnapshot.urlOf(operation.token()))
                    .id(id)
                    .info(Map.of("token", operation.token()))
                    .ttl(operation.ttl())
                    .build());
        if (!lease.id().equals(id) || !lease.ttl().equals(operation.ttl())) {
          throw new IllegalStateException("another lease: " + lease);
        }
        operation.givenLease(lease.leaseId().orElse(""));
        yield true;
      }
      case PING -> {
        Optional<Lease> lease =
            operation.lease().map(l -> registry.ping(id, l)).orElseGet(() -> registry.ping(id));
        lease.ifPresent(renewed -> operation.ttl(renewed.ttl()));
        yield lease.isPresent();
      }
      case DEREGISTER ->
          show(
              operation,
              operation
                  .lease()
                  .map(lease -> registry.deregister(id, lease))
                  .orElseGet(() -> registry.deregister(id)));
      case FIND -> show(operation, registry.find(id));
      case LIST -> {
        operation.shown(
            registry.list().stream()
                .filter(service -> isOurs.test(service.id()))
                .map(LibraryRegistry::snapshot)
                .toList());
        yield true;
      }
    };
  }

  private static boolean show(Operation.Builder operation, Optional<Service> service) {
    operation.shown(service.map(LibraryRegistry::snapshot).map(List::of).orElse(List.of()));
    return service.isPresent();
  }

  private static ServiceSnapshot snapshot(Service service) {
    return new ServiceSnapshot(
        service.id(),
        String.valueOf(service.info().get("token")),
        service.url(),
        service.registeredAt(),
        service.lastUpdated(),
        service.ttl());
  }

  @Override
  public void close() {
    registry.close();
  }
}
