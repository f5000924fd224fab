package dev.rollcall.http.server.routing;

import dev.rollcall.Lease;
import dev.rollcall.LeaseEndedException;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.address.PublicUrl;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.server.request.ListRequest;
import dev.rollcall.http.server.request.RegistrationReader;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.request.RequestBody;
import dev.rollcall.http.server.request.ServiceReference;
import dev.rollcall.http.server.response.ContentCoding;
import dev.rollcall.http.server.response.LastVersion;
import dev.rollcall.http.server.response.ListForm;
import dev.rollcall.http.server.response.ListPage;
import dev.rollcall.http.server.response.ListSnapshot;
import dev.rollcall.http.server.response.Response;
import dev.rollcall.http.server.response.ResponseBody;
import dev.rollcall.http.server.response.ResponseJson;
import dev.rollcall.http.server.response.SingleFlight;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** What the protocol's endpoints do. Each asks the store, once. */
public final class ServiceEndpoints {
  private static final int CREATED = 201;
  private static final int OK = 200;
  private static final int LONG_BODY = 64 << 10;

  private final ServiceRegistry registry;
  private final OutageLog outage;
  private final AuditLog audit;
  private final PublicUrl publicUrl;
  private final ResponseJson answers;
  private final LastVersion lastVersion = new LastVersion();
  private final SingleFlight<ListSnapshot> lists;

  /**
   * What a body of more than 64 KiB makes its parser hold besides what counts, one may at a time.
   */
  private final ReentrantLock longBody = new ReentrantLock();

  public ServiceEndpoints(
      ServiceRegistry registry,
      OutageLog outage,
      AuditLog audit,
      PublicUrl publicUrl,
      ResponseJson answers) {
    this.registry = registry;
    this.outage = outage;
    this.audit = audit;
    this.publicUrl = publicUrl;
    this.answers = answers;
    // The whole list, whatever is asked for: so the store is read by one request at a time.
    this.lists =
        new SingleFlight<>(
            () -> new ListSnapshot(registry.list(), answers, lastVersion), ListSnapshot::release);
  }

  Response register(Request request) {
    Registration registration = read(request.body());
    request.keyScope().check(registration);
    Lease lease = lease(request, registration);
    outage.ended(request.endpoint().kind());
    audit.registered(request, registration, lease);
    String url = publicUrl.of(request.exchange()) + "/services/" + lease.id();
    String fence = lease.leaseId().map(id -> "?lease=" + id).orElse("");
    ResponseBody body = ResponseJson.registered(registration, lease, url + "/$ping" + fence);
    return Response.json(CREATED, body).with("Location", url);
  }

  private Lease lease(Request request, Registration registration) {
    try {
      return registry.register(registration);
    } catch (LeaseSupersededException e) {
      throw superseded(request, registration.id().orElseThrow());
    } catch (LeaseEndedException e) {
      outage.ended(request.endpoint().kind());
      throw notFound(registration.id().orElseThrow());
    }
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

  Response ping(Request request) {
    ServiceReference reference = request.reference();
    return pinged(request, () -> registry.ping(reference.id(), reference.fence()));
  }

  /** Answers a ping with what it comes to. */
  public Response pinged(Request request, Supplier<Optional<Lease>> ping) {
    return Response.json(OK, ResponseJson.alive(held(request, ping)));
  }

  Response deregister(Request request) {
    ServiceReference reference = request.reference();
    String client = request.client().getHostAddress();
    Service service =
        held(request, () -> registry.deregister(reference.id(), reference.fence(), client));
    audit.deregistered(request, service);
    // It has gone, whether or not there is room to say what it was.
    ResponseBody brief = ResponseJson.deregistered(service.id());
    try {
      return Response.json(OK, answers.deregistered(service)).orBriefly(brief);
    } catch (ProblemException e) {
      return Response.json(OK, brief);
    }
  }

  private <T> T held(Request request, Supplier<Optional<T>> call) {
    String id = request.reference().id();
    try {
      Optional<T> found = call.get();
      outage.ended(request.endpoint().kind());
      return found.orElseThrow(() -> notFound(id));
    } catch (LeaseSupersededException e) {
      throw superseded(request, id);
    }
  }

  private ProblemException superseded(Request request, String id) {
    outage.ended(request.endpoint().kind());
    audit.superseded(request, id);
    return new ProblemException(Problem.superseded(id));
  }

  Response find(Request request) {
    String id = request.reference().id();
    Optional<Service> service = registry.find(id);
    outage.ended(request.endpoint().kind());
    return Response.json(OK, answers.service(service.orElseThrow(() -> notFound(id))));
  }

  Response list(Request request) {
    return list(request, ListForm.SERVICES, ListRequest.of(request.target().query()));
  }

  Response prometheusTargets(Request request) {
    ListRequest wanted = ListRequest.ofTargets(request.target().query());
    return list(request, ListForm.PROMETHEUS_TARGETS, wanted);
  }

  private Response list(Request request, ListForm form, ListRequest wanted) {
    List<String> known = request.exchange().headers("If-None-Match");
    ContentCoding coding = ContentCoding.of(request.exchange().headers("Accept-Encoding"));
    return lists.use(
        snapshot -> {
          outage.ended(request.endpoint().kind());
          ListPage page = snapshot.select(form, wanted.query());
          return page.isKnownBy(known) ? page.notModified() : page.answer(coding);
        });
  }

  private static ProblemException notFound(String id) {
    return new ProblemException(Problem.notFound(id));
  }
}
