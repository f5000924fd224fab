package dev.rollcall.http.client;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.Service;
import java.io.EOFException;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** The operations of the protocol, each as its request and what its answer means. */
final class Calls {
  /** So many bytes hold half a million services or more. */
  private static final long MAX_LIST_BYTES = 256L << 20;

  private static final int NO_CONTENT = 204;
  private static final int NOT_FOUND = 404;

  /** What an error shows of an answer is less than this. */
  private static final int SHOWN_BYTES = 512;

  private static final MediaType JSON = MediaType.get("application/json");
  private static final RequestBody NO_BODY = RequestBody.create(new byte[0]);

  private final Endpoints endpoints;
  private final ErrorAnswers errors;
  private final InstantSource wallClock;
  private final LeaseReader leases;
  private final ServiceReader services;
  private final Known known = new Known();
  private final Doubts doubts;

  Calls(Endpoints endpoints, ErrorAnswers errors, InstantSource wallClock, LongSupplier nanoTime) {
    this.doubts = new Doubts(nanoTime);
    this.endpoints = endpoints;
    this.errors = errors;
    this.wallClock = wallClock;
    this.leases = new LeaseReader(endpoints);
    this.services = new ServiceReader(wallClock);
  }

  Exchange<Lease> register(Registration registration) {
    Attempt attempt = new Attempt(Operation.REGISTER, registration.id().orElse(""), endpoints);
    RequestBody body = RequestBody.create(RegistrationWriter.write(registration), JSON);
    Instant sent = now();
    return expectSuccess(
        attempt,
        to(endpoints.register()).post(body),
        response ->
            readObject(
                attempt,
                response,
                answer ->
                    leases
                        .registered(registration, sent, answer)
                        .map(lease -> remembered(lease, answer))));
  }

  private Lease remembered(Lease lease, Fields answer) {
    doubts.end(lease.id());
    known.remember(lease.id(), new Known.Details(lease.ttl(), leases.pingUrl(lease.id(), answer)));
    return lease;
  }

  Exchange<Optional<Lease>> ping(String id, Fence fence) {
    Known.Details details = known.of(id);
    HttpUrl url = details.pingUrl().orElseGet(() -> endpoints.ping(id));
    Attempt attempt = new Attempt(Operation.PING, id, endpoints);
    Instant sent = now();
    Exchange<Optional<Lease>> ping =
        expectService(
            attempt,
            to(Endpoints.fenced(url, fence)).put(NO_BODY),
            () -> doubts.last(id, details.ttl()),
            response ->
                readObject(
                    attempt,
                    response,
                    answer -> leases.renewed(id, fence, details.ttl(), sent, answer)));
    return ping.then(
        renewed -> {
          doubts.end(id);
          if (renewed.isEmpty()) {
            known.forget(id, details);
          }
        });
  }

  Exchange<Optional<Service>> deregister(String id, Fence fence) {
    Known.Details details = known.of(id);
    Attempt attempt = new Attempt(Operation.DEREGISTER, id, endpoints);
    Exchange<Optional<Service>> removal =
        expectService(
            attempt,
            to(Endpoints.fenced(endpoints.service(id), fence)).delete(),
            () -> false,
            response ->
                response.code() == NO_CONTENT
                    ? services.unknown(id)
                    : readObject(attempt, response, answer -> services.removed(id, answer)));
    return removal.then(
        removed -> {
          doubts.end(id);
          known.forget(id, details);
        });
  }

  Exchange<Optional<Service>> find(String id) {
    Attempt attempt = new Attempt(Operation.FIND, id, endpoints);
    return expectService(
        attempt,
        to(endpoints.service(id)),
        () -> false,
        response ->
            readObject(
                attempt,
                response,
                answer -> answer.isOf(id) ? services.read(answer.object()) : Optional.empty()));
  }

  Exchange<List<Service>> list() {
    Attempt attempt = new Attempt(Operation.LIST, "", endpoints);
    return expectSuccess(
        attempt,
        to(endpoints.services()),
        response -> {
          byte[] start = response.peekBody(SHOWN_BYTES).bytes();
          try (var body = new BoundedInput(response.body().byteStream(), MAX_LIST_BYTES)) {
            return services
                .readList(body)
                .orElseThrow(() -> errors.foreign(attempt, response, start));
          } catch (EOFException e) {
            throw new RegistryUnavailableException(
                errors.foreignMessage(attempt, response, start), e, null);
          }
        });
  }

  <T> Exchange<T> expectSuccess(
      Attempt attempt, Request.Builder request, Exchange.Reader<T> reader) {
    return new Exchange<>(attempt, request, response -> readSuccess(attempt, response, reader));
  }

  /**
   * No such service is an answer too, if a registry says just that. That there is no such path is
   * none: the registry is elsewhere, and may know the service.
   *
   * @param isGone whether a 404 of unknown origin means that the service is gone, too
   */
  private <T> Exchange<Optional<T>> expectService(
      Attempt attempt, Request.Builder request, BooleanSupplier isGone, Exchange.Reader<T> reader) {
    return new Exchange<>(
        attempt,
        request,
        response -> {
          if (response.code() != NOT_FOUND) {
            return Optional.of(readSuccess(attempt, response, reader));
          }
          byte[] body = ErrorAnswers.bodyOf(response);
          ProblemBody problem = ProblemBody.of(body);
          if (problem.isOfUnknownService() || (!problem.isOfRollcall() && isGone.getAsBoolean())) {
            return Optional.empty();
          }
          throw errors.of(attempt, response, body, problem);
        });
  }

  private <T> T readSuccess(Attempt attempt, Response response, Exchange.Reader<T> reader)
      throws IOException {
    if (response.isSuccessful()) {
      return reader.read(response);
    }
    throw errors.read(attempt, response);
  }

  /**
   * Reads a success.
   *
   * @param reader reads the answer's object, which is empty if it has none; empty if it is not what
   *     a registry answers
   */
  private <T> T readObject(Attempt attempt, Response response, Function<Fields, Optional<T>> reader)
      throws IOException {
    byte[] body = LenientJson.bodyOf(response);
    return reader
        .apply(new Fields(LenientJson.object(body)))
        .orElseThrow(() -> errors.foreign(attempt, response, body));
  }

  private static Request.Builder to(HttpUrl url) {
    return new Request.Builder().url(url);
  }

  private Instant now() {
    return wallClock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
