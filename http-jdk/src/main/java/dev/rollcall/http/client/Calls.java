package dev.rollcall.http.client;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.Service;
import dev.rollcall.spi.Fence;
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

/** The operations of the protocol, each as its request and what its answer means. */
final class Calls {
  /** So many bytes hold half a million services or more. */
  private static final long MAX_LIST_BYTES = 256L << 20;

  private static final MediaType JSON = MediaType.get("application/json");
  private static final RequestBody NO_BODY = RequestBody.create(new byte[0]);

  private final Endpoints endpoints;
  private final Transport transport;
  private final InstantSource wallClock;
  private final LeaseReader leases;
  private final ServiceReader services;
  private final Known known = new Known();

  Calls(Endpoints endpoints, Transport transport, InstantSource wallClock) {
    this.endpoints = endpoints;
    this.transport = transport;
    this.wallClock = wallClock;
    this.leases = new LeaseReader(endpoints);
    this.services = new ServiceReader(wallClock);
  }

  Lease register(Registration registration) {
    Attempt attempt = new Attempt(Operation.REGISTER, registration.id().orElse(""), endpoints);
    RequestBody body = RequestBody.create(RegistrationWriter.write(registration), JSON);
    Instant sent = now();
    return transport.call(
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

  Optional<Lease> ping(String id, Fence fence) {
    transport.checkOpen();
    if (!Registration.isServiceId(id)) {
      return Optional.empty();
    }
    Known.Details details = known.of(id);
    HttpUrl url = details.pingUrl().orElseGet(() -> endpoints.ping(id));
    Instant sent = now();
    Optional<Lease> renewed =
        transport.callForService(
            new Attempt(Operation.PING, id, endpoints),
            to(Endpoints.fenced(url, fence)).put(NO_BODY),
            response -> {
              Fields answer = new Fields(LenientJson.objectIfWhole(response));
              return leases.renewed(id, fence, details.ttl(), sent, answer);
            });
    if (renewed.isEmpty()) {
      known.forget(id, details);
    }
    return renewed;
  }

  Optional<Service> deregister(String id, Fence fence) {
    transport.checkOpen();
    if (!Registration.isServiceId(id)) {
      return Optional.empty();
    }
    Known.Details details = known.of(id);
    Optional<Service> removed =
        transport.callForService(
            new Attempt(Operation.DEREGISTER, id, endpoints),
            to(Endpoints.fenced(endpoints.service(id), fence)).delete(),
            response -> {
              Map<?, ?> answer = LenientJson.objectIfWhole(response);
              Map<?, ?> shown = answer.get("service") instanceof Map<?, ?> inner ? inner : answer;
              return services.read(shown).orElseGet(() -> services.unknown(id));
            });
    known.forget(id, details);
    return removed;
  }

  Optional<Service> find(String id) {
    transport.checkOpen();
    if (!Registration.isServiceId(id)) {
      return Optional.empty();
    }
    Attempt attempt = new Attempt(Operation.FIND, id, endpoints);
    return transport.callForService(
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

  List<Service> list() {
    Attempt attempt = new Attempt(Operation.LIST, "", endpoints);
    return transport.call(
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

  private static Request.Builder to(HttpUrl url) {
    return new Request.Builder().url(url);
  }

  private Instant now() {
    return wallClock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
