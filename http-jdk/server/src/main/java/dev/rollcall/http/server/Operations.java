package dev.rollcall.http.server;

import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** What the protocol's endpoints do. Each asks the store, once. */
final class Operations {
  private static final int CREATED = 201;
  private static final int OK = 200;
  private static final int LONG_BODY = 64 << 10;

  private final ServiceRegistry registry;
  private final StoreOutage outage;
  private final Events events;
  private final PublicUrl publicUrl;
  private final AnswerWriter answers;
  private final SingleFlight list;

  /**
   * What a body of more than 64 KiB makes its parser hold besides what counts, one may at a time.
   */
  private final ReentrantLock longBody = new ReentrantLock();

  Operations(
      ServiceRegistry registry,
      StoreOutage outage,
      Events events,
      PublicUrl publicUrl,
      AnswerWriter answers) {
    this.registry = registry;
    this.outage = outage;
    this.events = events;
    this.publicUrl = publicUrl;
    this.answers = answers;
    this.list = new SingleFlight(() -> answers.list(registry.list()));
  }

  Answer register(Request request) {
    Registration registration = read(request.body());
    Lease lease = registry.register(registration);
    outage.ended(request.endpoint().access());
    events.registered(request, registration, lease);
    String url = publicUrl.of(request.exchange()) + "/services/" + lease.id();
    String fence = lease.leaseId().map(id -> "?lease=" + id).orElse("");
    Content body = AnswerWriter.registered(registration, lease, url + "/$ping" + fence);
    return Answer.json(CREATED, body).with("Location", url);
  }

  private Registration read(RequestBody body) {
    if (body.length() <= LONG_BODY) {
      return RegistrationReader.read(body);
    }
    longBody.lock();
    try {
      return RegistrationReader.read(body);
    } finally {
      longBody.unlock();
    }
  }

  Answer ping(Request request) {
    Target target = request.target();
    return pinged(request, () -> registry.ping(target.id(), target.fence()));
  }

  /** Answers a ping with what it comes to. */
  Answer pinged(Request request, Supplier<Optional<Lease>> ping) {
    return Answer.json(OK, AnswerWriter.alive(held(request, ping)));
  }

  Answer deregister(Request request) {
    Target target = request.target();
    Service service = held(request, () -> registry.deregister(target.id(), target.fence()));
    events.deregistered(request, service);
    // It has gone, whether or not there is room to say what it was.
    Content brief = AnswerWriter.deregistered(service.id());
    try {
      return Answer.json(OK, answers.deregistered(service)).orBriefly(brief);
    } catch (ProblemException e) {
      return Answer.json(OK, brief);
    }
  }

  private <T> T held(Request request, Supplier<Optional<T>> call) {
    String id = request.target().id();
    try {
      Optional<T> found = call.get();
      outage.ended(request.endpoint().access());
      return found.orElseThrow(() -> notFound(id));
    } catch (LeaseSupersededException e) {
      outage.ended(request.endpoint().access());
      events.superseded(request);
      throw new ProblemException(Problem.superseded(id));
    }
  }

  Answer find(Request request) {
    String id = request.target().id();
    Optional<Service> service = registry.find(id);
    outage.ended(request.endpoint().access());
    return Answer.json(OK, answers.service(service.orElseThrow(() -> notFound(id))));
  }

  Answer list(Request request) {
    Content services = list.get();
    outage.ended(request.endpoint().access());
    return Answer.json(OK, services);
  }

  private static ProblemException notFound(String id) {
    return new ProblemException(Problem.notFound(id));
  }
}
