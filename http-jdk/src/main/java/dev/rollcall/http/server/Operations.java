package dev.rollcall.http.server;

import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.RegistryException;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import java.util.Optional;
import java.util.function.Supplier;

/** What the endpoints do, without HTTP's part in it. */
final class Operations {
  private static final int CREATED = 201;
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;

  /** Any id does to see whether the store answers. */
  private static final String HEALTH_PROBE = "rollcall-health";

  private final ServiceRegistry registry;

  Operations(ServiceRegistry registry) {
    this.registry = registry;
  }

  Answer register(Registration registration, String publicUrl) {
    Lease lease = registry.register(registration);
    String url = publicUrl + "/services/" + lease.id();
    String fence = lease.leaseId().map(id -> "?lease=" + id).orElse("");
    byte[] body = AnswerWriter.registered(registration, lease, url + "/$ping" + fence);
    return Answer.json(CREATED, body).with("Location", url);
  }

  Answer ping(Target target) {
    Lease lease =
        held(
            target,
            () ->
                target.lease().isPresent()
                    ? registry.ping(target.id(), target.lease().get())
                    : registry.ping(target.id()));
    return Answer.json(OK, AnswerWriter.alive(lease));
  }

  Answer deregister(Target target) {
    Service service =
        held(
            target,
            () ->
                target.lease().isPresent()
                    ? registry.deregister(target.id(), target.lease().get())
                    : registry.deregister(target.id()));
    return Answer.json(OK, AnswerWriter.deregistered(service));
  }

  private static <T> T held(Target target, Supplier<Optional<T>> call) {
    try {
      return call.get().orElseThrow(() -> notFound(target.id()));
    } catch (LeaseSupersededException e) {
      throw new ProblemException(Problem.superseded(target.id()));
    }
  }

  Answer find(String id) {
    Service service = registry.find(id).orElseThrow(() -> notFound(id));
    return Answer.json(OK, AnswerWriter.service(service));
  }

  Answer list() {
    return Answer.json(OK, AnswerWriter.list(registry.list()));
  }

  Answer health() {
    try {
      registry.find(HEALTH_PROBE);
      return Answer.json(OK, AnswerWriter.health("healthy"));
    } catch (RegistryException e) {
      return Answer.json(UNAVAILABLE, AnswerWriter.health("unhealthy"));
    }
  }

  private static ProblemException notFound(String id) {
    return new ProblemException(Problem.notFound(id));
  }
}
