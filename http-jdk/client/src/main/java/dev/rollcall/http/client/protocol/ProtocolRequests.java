package dev.rollcall.http.client.protocol;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseEndedException;
import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.Service;
import dev.rollcall.UlidGenerator;
import dev.rollcall.discovery.Query;
import dev.rollcall.history.EventQuery;
import dev.rollcall.history.EventSelection;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.http.client.json.LenientJson;
import dev.rollcall.http.client.json.ProblemBody;
import dev.rollcall.http.client.json.ResponseFields;
import dev.rollcall.http.client.json.ServiceEventReader;
import dev.rollcall.http.client.json.ServiceReader;
import dev.rollcall.http.client.protocol.PingDetailsCache.PingDetails;
import dev.rollcall.http.client.protocol.ProtocolRequest.ResponseReader;
import dev.rollcall.spi.LeasePing;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** Creates the requests of the protocol's operations, each with what its answer means. */
public final class ProtocolRequests {
  /** How much heap the services of a list may take: its caller has other objects, too. */
  private static final long MAX_HEAP_BYTES = Runtime.getRuntime().maxMemory() / 2;

  private static final int NO_CONTENT = 204;
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int LOWEST_ERROR = 400;
  private static final int HIGHEST_ERROR = 599;

  /**
   * How a registry, or a proxy before it, refuses several pings in one request, whichever they are:
   * 404, 405 and 501 if it does not know such a request; otherwise because of its body, which a
   * single ping does not have.
   */
  private static final Set<Integer> BATCH_REFUSALS = Set.of(400, 404, 405, 411, 413, 415, 422, 501);

  /** An error message shows less than this of an answer. */
  private static final int SHOWN_BYTES = 512;

  private static final Refusal NEVER_GONE = (status, problem) -> false;
  public static final String EVENT_STREAM = "text/event-stream";
  private static final MediaType JSON = MediaType.get("application/json");
  private static final RequestBody NO_BODY = RequestBody.create(new byte[0]);

  private final Endpoints endpoints;
  private final ErrorDecoder errors;
  private final InstantSource wallClock;
  private final LeaseReader leases;
  private final ServiceReader services;
  private final PingDetailsCache pingDetails = new PingDetailsCache();
  private final ForeignNotFounds foreignNotFounds;
  private final UlidGenerator ulids;

  public ProtocolRequests(
      Endpoints endpoints, ErrorDecoder errors, InstantSource wallClock, LongSupplier nanoTime) {
    this.foreignNotFounds = new ForeignNotFounds(nanoTime);
    this.endpoints = endpoints;
    this.errors = errors;
    this.wallClock = wallClock;
    this.leases = new LeaseReader(endpoints);
    this.services = new ServiceReader(wallClock);
    this.ulids = new UlidGenerator(wallClock);
  }

  public ProtocolRequest<Lease> register(Registration asked) {
    Registration registration = identified(asked);
    boolean isUpdate = registration.leaseId().isPresent();
    CallDescription description =
        new CallDescription(
            isUpdate ? Operation.UPDATE : Operation.REGISTER,
            registration.id().orElse(""),
            endpoints);
    RequestBody body = RequestBody.create(RegistrationWriter.write(registration), JSON);
    Instant sent = now();
    Request.Builder request = to(endpoints.register()).post(body);
    ResponseReader<Lease> reader =
        response ->
            readObject(
                description,
                response,
                answer ->
                    leases
                        .registered(registration, sent, answer)
                        .map(lease -> remembered(lease, response.request().url(), answer)));
    if (!isUpdate) {
      return expectSuccess(description, request, reader);
    }
    ResponseReader<Optional<Lease>> ofLiveService =
        expectService(description, request, NEVER_GONE, reader).reader();
    return new ProtocolRequest<>(
        description,
        request,
        response ->
            ofLiveService
                .read(response)
                .orElseThrow(
                    () ->
                        new LeaseEndedException(
                            description + ": the registry answered that the service is gone",
                            null)));
  }

  /** Brings an id where the registry is to choose one: it would choose two if this came twice. */
  private Registration identified(Registration registration) {
    return registration.id().isPresent()
        ? registration
        : registration.toBuilder().id(ulids.next().toString()).build();
  }

  private Lease remembered(Lease lease, HttpUrl asked, ResponseFields answer) {
    foreignNotFounds.clear(lease.id());
    pingDetails.remember(
        lease.id(), new PingDetails(lease.ttl(), leases.pingUrl(lease.id(), asked, answer)));
    return lease;
  }

  public ProtocolRequest<Optional<Lease>> ping(String id, Fence fence) {
    PingDetails details = pingDetails.of(id);
    HttpUrl url = details.pingUrl().orElseGet(() -> endpoints.ping(id));
    CallDescription description = new CallDescription(Operation.PING, id, endpoints);
    Instant sent = now();
    ProtocolRequest<Optional<Lease>> ping =
        expectService(
            description,
            to(Endpoints.fenced(url, fence)).put(NO_BODY),
            (status, problem) -> isGone(id, details.ttl(), status, problem),
            response ->
                readObject(
                    description,
                    response,
                    answer -> leases.renewed(id, fence, details.ttl(), sent, answer)));
    return ping.then(renewed -> pinged(id, details, renewed));
  }

  /** Returns whether a ping that was refused means that the service is gone. */
  private boolean isGone(String id, Duration ttl, int status, ProblemBody problem) {
    if (status == NOT_FOUND && !problem.isOfRollcall()) {
      return foreignNotFounds.haveLasted(id, ttl);
    }
    if (problem.isOfRegistry()) {
      foreignNotFounds.clear(id);
    }
    return false;
  }

  /**
   * Pings several services with one request. The answer has an outcome for each ping, in order; it
   * is empty if the registry refuses such a request, whatever the pings are.
   */
  public ProtocolRequest<List<PingOutcome>> pingAll(List<LeasePing> pings) {
    CallDescription description = new CallDescription(Operation.PING, "", endpoints);
    List<PingDetails> details = new ArrayList<>(pings.size());
    pings.forEach(ping -> details.add(pingDetails.of(ping.id())));
    RequestBody body = RequestBody.create(PingBatchWriter.write(pings), JSON);
    Instant sent = now();
    return new ProtocolRequest<>(
        description,
        to(endpoints.pingAll()).put(body),
        response ->
            BATCH_REFUSALS.contains(response.code())
                ? List.of()
                : readSuccess(
                    description,
                    response,
                    success ->
                        readObject(
                            description,
                            success,
                            answer -> outcomes(pings, details, sent, answer))));
  }

  /** Reads an outcome for each ping; empty if they do not match the pings. */
  private Optional<List<PingOutcome>> outcomes(
      List<LeasePing> pings, List<PingDetails> details, Instant sent, ResponseFields answer) {
    if (!(answer.object().get("outcomes") instanceof List<?> found)
        || found.size() != pings.size()) {
      return Optional.empty();
    }
    List<PingOutcome> outcomes = new ArrayList<>(found.size());
    for (int i = 0; i < found.size(); i++) {
      LeasePing ping = pings.get(i);
      if (!(found.get(i) instanceof Map<?, ?> object)) {
        return Optional.empty();
      }
      ResponseFields fields = new ResponseFields(object);
      Optional<PingOutcome> outcome =
          fields.isOf(ping.id()) ? outcome(ping, details.get(i), sent, fields) : Optional.empty();
      if (outcome.isEmpty()) {
        return Optional.empty();
      }
      outcomes.add(outcome.get());
    }
    for (int i = 0; i < outcomes.size(); i++) {
      note(pings.get(i).id(), details.get(i), outcomes.get(i));
    }
    return Optional.of(outcomes);
  }

  private Optional<PingOutcome> outcome(
      LeasePing ping, PingDetails details, Instant sent, ResponseFields fields) {
    int status = fields.object().get("status") instanceof Integer number ? number : 0;
    if (status == OK) {
      return Optional.of(
          PingOutcome.of(
              Optional.of(leases.leaseOf(ping.id(), ping.fence(), details.ttl(), sent, fields))));
    }
    if (status < LOWEST_ERROR || status > HIGHEST_ERROR) {
      return Optional.empty();
    }
    ProblemBody problem = ProblemBody.of(fields.object());
    if (status == NOT_FOUND && problem.isOfUnknownService()) {
      return Optional.of(PingOutcome.of(Optional.empty()));
    }
    CallDescription description = new CallDescription(Operation.PING, ping.id(), endpoints);
    return Optional.of(PingOutcome.failed(errors.ofOutcome(description, status, problem)));
  }

  /** Notes that the registry has answered for a service. */
  private void note(String id, PingDetails details, PingOutcome outcome) {
    if (outcome.failure() == null) {
      pinged(id, details, outcome.lease());
    } else {
      foreignNotFounds.clear(id);
    }
  }

  private void pinged(String id, PingDetails details, Optional<Lease> renewed) {
    foreignNotFounds.clear(id);
    if (renewed.isEmpty()) {
      pingDetails.forget(id, details);
    }
  }

  /** Returns whether the registry wants a service to be pinged at a URL of its own. */
  public boolean hasPingUrl(String id) {
    return pingDetails.of(id).pingUrl().isPresent();
  }

  /** Returns the exception for a ping whose time is over. */
  public RegistryUnavailableException noAnswer(String id, Duration timeout) {
    return new RegistryUnavailableException(
        new CallDescription(Operation.PING, id, endpoints) + ": no answer within " + timeout,
        null,
        null);
  }

  public ProtocolRequest<Optional<Service>> deregister(String id, Fence fence) {
    PingDetails details = pingDetails.of(id);
    CallDescription description = new CallDescription(Operation.DEREGISTER, id, endpoints);
    ProtocolRequest<Optional<Service>> removal =
        expectService(
            description,
            to(Endpoints.fenced(endpoints.service(id), fence)).delete(),
            NEVER_GONE,
            response ->
                response.code() == NO_CONTENT
                    ? services.unknown(id)
                    : readObject(description, response, answer -> services.removed(id, answer)));
    return removal.then(
        removed -> {
          foreignNotFounds.clear(id);
          pingDetails.forget(id, details);
        });
  }

  public ProtocolRequest<Optional<Service>> find(String id) {
    CallDescription description = new CallDescription(Operation.FIND, id, endpoints);
    return expectService(
        description,
        to(endpoints.service(id)),
        NEVER_GONE,
        response ->
            readObject(
                description,
                response,
                answer -> answer.isOf(id) ? services.read(answer.object()) : Optional.empty()));
  }

  /**
   * Asks for a service that nobody has. The answer says that the registry does its work: it is
   * there, under its base path, and has asked its store.
   */
  public ProtocolRequest<Optional<Service>> probe() {
    return find("rollcall-probe");
  }

  /** Asks for some services. A registry that knows no queries answers with all of them. */
  public ProtocolRequest<List<Service>> list(Query query) {
    CallDescription description = new CallDescription(Operation.LIST, "", endpoints);
    return expectSuccess(
        description,
        to(endpoints.services(query)),
        response -> {
          byte[] start = response.peekBody(SHOWN_BYTES).bytes();
          try (InputStream body = response.body().byteStream()) {
            return services
                .readList(body, MAX_HEAP_BYTES)
                .map(all -> query.isAll() ? all : List.copyOf(query.select(all)))
                .orElseThrow(() -> errors.foreign(description, response, start));
          } catch (EOFException e) {
            throw new RegistryUnavailableException(
                errors.foreignMessage(description, response, start), e, null);
          }
        });
  }

  /** Asks what happened to an id; empty if nothing is known of it. */
  public ProtocolRequest<Optional<List<ServiceEvent>>> history(String id) {
    CallDescription description = new CallDescription(Operation.HISTORY, id, endpoints);
    return expectService(
        description,
        to(endpoints.history(id)),
        NEVER_GONE,
        response -> readObject(description, response, ServiceEventReader::events));
  }

  /** Asks for the newest events. */
  public ProtocolRequest<List<ServiceEvent>> events(EventQuery query) {
    CallDescription description = new CallDescription(Operation.EVENTS, "", endpoints);
    return expectSuccess(
        description,
        to(endpoints.events(query)),
        response -> {
          EventSelection selection = new EventSelection(query);
          readObject(description, response, ServiceEventReader::events).forEach(selection::add);
          return selection.events();
        });
  }

  /** Reads the body of a stream to its end. */
  @FunctionalInterface
  public interface StreamReader {
    void read(InputStream body) throws IOException;
  }

  /**
   * Creates a request for a stream of events.
   *
   * @param lastId the id of the last event that was read; empty for none
   * @param reader reads the stream
   * @param other is called if the answer is a success and not a stream
   */
  public ProtocolRequest<Boolean> stream(
      Query query, String lastId, StreamReader reader, Runnable other) {
    CallDescription description = new CallDescription(Operation.WATCH, "", endpoints);
    Request.Builder request = to(endpoints.services(query)).header("Accept", EVENT_STREAM);
    if (!lastId.isEmpty()) {
      request.header("Last-Event-ID", lastId);
    }
    return expectSuccess(
        description,
        request,
        response -> {
          MediaType type = response.body().contentType();
          boolean isStream =
              type != null && EVENT_STREAM.equals(type.type() + "/" + type.subtype());
          if (isStream) {
            reader.read(response.body().byteStream());
          } else {
            other.run();
          }
          return isStream;
        });
  }

  /** Returns whether a query fits into the URL of a stream. */
  public boolean fitsStream(Query query) {
    return query.isAll() || endpoints.services(query).encodedQuery() != null;
  }

  /** Returns what reads services. */
  public ServiceReader services() {
    return services;
  }

  public <T> ProtocolRequest<T> expectSuccess(
      CallDescription description, Request.Builder request, ResponseReader<T> reader) {
    return new ProtocolRequest<>(
        description, request, response -> readSuccess(description, response, reader));
  }

  /**
   * Creates a request about one service. That there is no such service is an answer, too, if a
   * registry says so. That there is no such path is not: the registry is elsewhere, and may know
   * the service.
   *
   * @param refusal is asked whether another refusal means that the service is gone, too
   */
  private <T> ProtocolRequest<Optional<T>> expectService(
      CallDescription description,
      Request.Builder request,
      Refusal refusal,
      ResponseReader<T> reader) {
    return new ProtocolRequest<>(
        description,
        request,
        response -> {
          if (response.isSuccessful()) {
            return Optional.of(reader.read(response));
          }
          byte[] body = ErrorDecoder.bodyOf(response);
          ProblemBody problem = ProblemBody.of(body);
          boolean isUnknown = response.code() == NOT_FOUND && problem.isOfUnknownService();
          if (isUnknown || refusal.isOfServiceGone(response.code(), problem)) {
            return Optional.empty();
          }
          throw errors.of(description, response, body, problem);
        });
  }

  /** Takes that a request about one service was refused. */
  @FunctionalInterface
  private interface Refusal {
    boolean isOfServiceGone(int status, ProblemBody problem);
  }

  private <T> T readSuccess(
      CallDescription description, Response response, ResponseReader<T> reader) throws IOException {
    if (response.isSuccessful()) {
      return reader.read(response);
    }
    throw errors.read(description, response);
  }

  /**
   * Reads a success.
   *
   * @param reader reads the answer's object, which is empty if the answer holds no object; returns
   *     empty if no registry answers this
   */
  private <T> T readObject(
      CallDescription description, Response response, Function<ResponseFields, Optional<T>> reader)
      throws IOException {
    byte[] body = LenientJson.bodyOf(response);
    return reader
        .apply(new ResponseFields(LenientJson.object(body)))
        .orElseThrow(() -> errors.foreign(description, response, body));
  }

  private static Request.Builder to(HttpUrl url) {
    return new Request.Builder().url(url);
  }

  private Instant now() {
    return wallClock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
