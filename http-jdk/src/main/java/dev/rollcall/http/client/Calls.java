package dev.rollcall.http.client;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.Service;
import dev.rollcall.spi.Fence;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** The operations of the protocol, each as its request and what its answer means. */
final class Calls {
  /** So many bytes hold half a million services or more. */
  private static final long MAX_LIST_BYTES = 256L << 20;

  private static final int NOT_FOUND = 404;
  private static final MediaType JSON = MediaType.get("application/json");
  private static final RequestBody NO_BODY = RequestBody.create(new byte[0]);

  private final Endpoints endpoints;
  private final ErrorAnswers errors;
  private final InstantSource wallClock;
  private final LeaseReader leases;
  private final ServiceReader services;
  private final Known known = new Known();

  Calls(Endpoints endpoints, ErrorAnswers errors, InstantSource wallClock) {
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
        response -> {
          Fields answer = new Fields(LenientJson.objectIn(response));
          Lease lease = leases.registered(attempt, registration, sent, answer);
          known.remember(
              lease.id(), new Known.Details(lease.ttl(), leases.pingUrl(lease.id(), answer)));
          return lease;
        });
  }

  Exchange<Optional<Lease>> ping(String id, Fence fence) {
    Known.Details details = known.of(id);
    HttpUrl url = details.pingUrl().orElseGet(() -> endpoints.ping(id));
    Instant sent = now();
    Exchange<Optional<Lease>> ping =
        expectService(
            new Attempt(Operation.PING, id, endpoints),
            to(Endpoints.fenced(url, fence)).put(NO_BODY),
            response -> {
              Fields answer = new Fields(LenientJson.objectIfWhole(response));
              return leases.renewed(id, fence, details.ttl(), sent, answer);
            });
    return ping.then(
        renewed -> {
          if (renewed.isEmpty()) {
            known.forget(id, details);
          }
        });
  }

  Exchange<Optional<Service>> deregister(String id, Fence fence) {
    Known.Details details = known.of(id);
    Exchange<Optional<Service>> removal =
        expectService(
            new Attempt(Operation.DEREGISTER, id, endpoints),
            to(Endpoints.fenced(endpoints.service(id), fence)).delete(),
            response -> {
              Map<?, ?> answer = LenientJson.objectIfWhole(response);
              Map<?, ?> shown = answer.get("service") instanceof Map<?, ?> inner ? inner : answer;
              return services.read(shown).orElseGet(() -> services.unknown(id));
            });
    return removal.then(removed -> known.forget(id, details));
  }

  Exchange<Optional<Service>> find(String id) {
    Attempt attempt = new Attempt(Operation.FIND, id, endpoints);
    return expectService(
        attempt,
        to(endpoints.service(id)),
        response ->
            services
                .read(LenientJson.objectIn(response))
                .orElseThrow(
                    () ->
                        new RegistryUnavailableException(
                            attempt + ": the registry answered with what is no service")));
  }

  Exchange<List<Service>> list() {
    Attempt attempt = new Attempt(Operation.LIST, "", endpoints);
    return expectSuccess(
        attempt,
        to(endpoints.services()),
        response -> {
          String noList = attempt + ": the registry answered with what is no list of services";
          try (var body = new BoundedInput(response.body().byteStream(), MAX_LIST_BYTES);
              JsonParser json = LenientJson.parser(body)) {
            return services
                .readList(json)
                .orElseThrow(() -> new RegistryUnavailableException(noList));
          } catch (JacksonException e) {
            throw new RegistryUnavailableException(noList, e);
          }
        });
  }

  <T> Exchange<T> expectSuccess(
      Attempt attempt, Request.Builder request, Exchange.Reader<T> reader) {
    return new Exchange<>(attempt, request, response -> readSuccess(attempt, response, reader));
  }

  /** No such service is an answer too, whatever its body says. */
  private <T> Exchange<Optional<T>> expectService(
      Attempt attempt, Request.Builder request, Exchange.Reader<T> reader) {
    return new Exchange<>(
        attempt,
        request,
        response ->
            response.code() == NOT_FOUND
                ? Optional.empty()
                : Optional.of(readSuccess(attempt, response, reader)));
  }

  private <T> T readSuccess(Attempt attempt, Response response, Exchange.Reader<T> reader)
      throws IOException {
    if (response.isSuccessful()) {
      return reader.read(response);
    }
    throw errors.read(attempt, response);
  }

  private static Request.Builder to(HttpUrl url) {
    return new Request.Builder().url(url);
  }

  private Instant now() {
    return wallClock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
