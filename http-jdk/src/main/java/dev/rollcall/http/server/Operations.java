package dev.rollcall.http.server;

import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import java.util.Optional;
import java.util.function.Supplier;

/** What the protocol's endpoints do. Each asks the store, once. */
final class Operations {
  private static final int CREATED = 201;
  private static final int OK = 200;

  private final ServiceRegistry registry;
  private final StoreOutage outage;
  private final Events events;
  private final PublicUrl publicUrl;

  Operations(ServiceRegistry registry, StoreOutage outage, Events events, PublicUrl publicUrl) {
    this.registry = registry;
    this.outage = outage;
    this.events = events;
    this.publicUrl = publicUrl;
  }

  Answer register(Request request) {
    Registration registration = RegistrationReader.read(request.body());
    Lease lease = registry.register(registration);
    outage.ended();
    events.registered(request, registration, lease);
    String url = publicUrl.of(request.exchange()) + "/services/" + lease.id();
    String fence = lease.leaseId().map(id -> "?lease=" + id).orElse("");
    byte[] body = AnswerWriter.registered(registration, lease, url + "/$ping" + fence);
    return Answer.json(CREATED, body).with("Location", url);
  }

  Answer ping(Request request) {
    Target target = request.target();
    return pinged(
        request,
        () ->
            target.lease().isPresent()
                ? registry.ping(target.id(), target.lease().get())
                : registry.ping(target.id()));
  }

  /** Answers a ping with what it comes to. */
  Answer pinged(Request request, Supplier<Optional<Lease>> ping) {
    return Answer.json(OK, AnswerWriter.alive(held(request, ping)));
  }

  Answer deregister(Request request) {
    Target target = request.target();
    Service service =
        held(
            request,
            () ->
                target.lease().isPresent()
                    ? registry.deregister(target.id(), target.lease().get())
                    : registry.deregister(target.id()));
    events.deregistered(request, service);
    return Answer.json(OK, AnswerWriter.deregistered(service));
  }

  private <T> T held(Request request, Supplier<Optional<T>> call) {
    String id = request.target().id();
    try {
      Optional<T> found = call.get();
      outage.ended();
      return found.orElseThrow(() -> notFound(id));
    } catch (LeaseSupersededException e) {
      outage.ended();
      events.superseded(request);
      throw new ProblemException(Problem.superseded(id));
    }
  }

  Answer find(Request request) {
    String id = request.target().id();
    Optional<Service> service = registry.find(id);
    outage.ended();
    return Answer.json(OK, AnswerWriter.service(service.orElseThrow(() -> notFound(id))));
  }

  Answer list(Request request) {
    var services = registry.list();
    outage.ended();
    return Answer.json(OK, AnswerWriter.list(services));
  }

  private static ProblemException notFound(String id) {
    return new ProblemException(Problem.notFound(id));
  }
}
