package dev.rollcall.http.server.response;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceId;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.http.server.memory.MemoryBudget;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.wire.EventJson;
import dev.rollcall.http.wire.Json;
import dev.rollcall.http.wire.ServiceJson;
import dev.rollcall.http.wire.Timestamps;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Writes the JSON of the protocol's responses. */
public final class ResponseJson {
  /** More of a display name is of no use in a message. */
  private static final int MAX_DISPLAY_NAME = 200;

  /** How long the answer to a ping is, without the id. */
  private static final int ALIVE_CHARS = 108;

  private static final String URN = "urn:rollcall:error:";

  private final MemoryBudget budget;

  /**
   * Creates the writer.
   *
   * @param budget what answers that may be long count against
   */
  public ResponseJson(MemoryBudget budget) {
    this.budget = budget;
  }

  /** Writes the answer to a registration, which is short whatever was registered. */
  public static ResponseBody registered(Registration registration, Lease lease, String pingUrl) {
    return small(
        json -> {
          json.writeStartObject();
          json.writeStringField("id", lease.id());
          json.writeStringField("name", registration.name().orElseGet(lease::id));
          json.writeStringField("status", "registered");
          json.writeStringField("service_url", registration.url());
          json.writeStringField(
              "message",
              "Service " + displayName(registration, lease) + " registered successfully");
          ServiceJson.writeSeconds(json, "ttl_seconds", lease.ttl());
          if (lease.leaseId().isPresent()) {
            json.writeStringField("lease_id", lease.leaseId().get());
          }
          json.writeStringField("ping_url", pingUrl);
          json.writeEndObject();
        });
  }

  private static String displayName(Registration registration, Lease lease) {
    return registration.info().get("display_name") instanceof String name && !name.isBlank()
        ? name.codePoints()
            .limit(MAX_DISPLAY_NAME)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString()
        : lease.id();
  }

  /** Writes the answer to a ping, as nearly every answer is; so it is done without a generator. */
  public static ResponseBody alive(Lease lease) {
    var json = new StringBuilder(ALIVE_CHARS + lease.id().length());
    json.append("{\"id\":\"")
        .append(quoted(lease.id()))
        .append("\",\"status\":\"alive\",\"last_ping_at\":\"")
        .append(Timestamps.format(lease.lastPingAt()))
        .append("\",\"expires_at\":\"")
        .append(Timestamps.format(lease.expiresAt()))
        .append("\"}");
    return ResponseBody.of(json.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String quoted(String id) {
    return ServiceId.isValid(id)
        ? id // with nothing to quote
        : String.valueOf(JsonStringEncoder.getInstance().quoteAsString(id));
  }

  /** Writes what the pings of a batch came to. */
  public ResponseBody outcomes(List<LeaseOutcome> outcomes) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("outcomes");
          for (LeaseOutcome outcome : outcomes) {
            write(json, outcome);
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void write(JsonGenerator json, LeaseOutcome outcome) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", outcome.id());
    json.writeNumberField("status", outcome.status());
    if (outcome.problem() == null) {
      Lease lease = outcome.lease();
      json.writeStringField("last_ping_at", Timestamps.format(lease.lastPingAt()));
      json.writeStringField("expires_at", Timestamps.format(lease.expiresAt()));
    } else {
      json.writeStringField("type", URN + outcome.problem().type());
      json.writeStringField("detail", outcome.problem().detail());
    }
    json.writeEndObject();
  }

  public ResponseBody service(Service service) {
    return write(json -> ServiceJson.write(json, service));
  }

  /**
   * Writes a list of all that is asked for.
   *
   * @param coding what the client accepts; a short list is not compressed
   */
  public ListPage.Encoded list(List<Service> services, ContentCoding coding) {
    return list(ListForm.SERVICES, services, Optional.empty(), coding);
  }

  /**
   * Writes services.
   *
   * @param form how it shows them
   * @param services what it shows
   * @param next the last of their ids, where more follow
   * @param coding what the client accepts; a short list is not compressed
   */
  ListPage.Encoded list(
      ListForm form, List<Service> services, Optional<String> next, ContentCoding coding) {
    Fields content = json -> form.write(json, services, next);
    return coding == ContentCoding.GZIP
        ? compressed(content)
        : new ListPage.Encoded(write(content), ContentCoding.IDENTITY);
  }

  /**
   * Encodes what may be long, compressed unless it is short. It is never held in its other form.
   */
  private ListPage.Encoded compressed(Fields content) {
    var isCompressed = new AtomicBoolean();
    ResponseBody body =
        ResponseEncoder.encode(
            budget,
            out -> {
              try (var gzip = new GzipOutput(out)) {
                write(gzip, content);
                gzip.finish();
                isCompressed.set(gzip.isCompressed());
              }
            });
    return new ListPage.Encoded(
        body, isCompressed.get() ? ContentCoding.GZIP : ContentCoding.IDENTITY);
  }

  /** Writes what happened to one id: one event or more, newest first. */
  public ResponseBody history(List<ServiceEvent> events) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeStringField("id", events.get(0).id());
          json.writeStringField("name", events.get(0).name());
          writeEvents(json, events);
          json.writeEndObject();
        });
  }

  /** Writes events, newest first. */
  public ResponseBody events(List<ServiceEvent> events) {
    return write(
        json -> {
          json.writeStartObject();
          writeEvents(json, events);
          json.writeEndObject();
        });
  }

  private static void writeEvents(JsonGenerator json, List<ServiceEvent> events)
      throws IOException {
    json.writeNumberField("count", events.size());
    json.writeArrayFieldStart("events");
    for (ServiceEvent event : events) {
      EventJson.write(json, event);
    }
    json.writeEndArray();
  }

  public ResponseBody deregistered(Service service) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeStringField("status", "deregistered");
          json.writeFieldName("service");
          ServiceJson.write(json, service);
          json.writeEndObject();
        });
  }

  /** Says that a service was deregistered, and of the service its id alone. */
  public static ResponseBody deregistered(String id) {
    return small(
        json -> {
          json.writeStartObject();
          json.writeStringField("status", "deregistered");
          json.writeObjectFieldStart("service");
          json.writeStringField("id", id);
          json.writeEndObject();
          json.writeEndObject();
        });
  }

  public static ResponseBody health(String status) {
    return small(
        json -> {
          json.writeStartObject();
          json.writeStringField("status", status);
          json.writeEndObject();
        });
  }

  public static ResponseBody status(ServerStatus status) {
    return small(
        json -> {
          json.writeStartObject();
          if (status.version().isPresent()) {
            json.writeStringField("version", status.version().get());
          }
          ServiceJson.writeSeconds(json, "uptime_seconds", status.uptime());
          json.writeBooleanField("draining", status.isDraining());
          json.writeObjectFieldStart("store");
          if (status.storeKind().isPresent()) {
            json.writeStringField("kind", status.storeKind().get());
          }
          json.writeStringField("state", status.isStoreUp() ? "up" : "down");
          json.writeEndObject();
          writeUsage(json, "watches", status.watches());
          writeUsage(json, "request_bytes", status.requestBytes());
          writeUsage(json, "response_bytes", status.responseBytes());
          json.writeEndObject();
        });
  }

  private static void writeUsage(JsonGenerator json, String name, ServerStatus.Usage usage)
      throws IOException {
    json.writeObjectFieldStart(name);
    json.writeNumberField("used", usage.used());
    json.writeNumberField("max", usage.max());
    json.writeEndObject();
  }

  static ResponseBody problem(Problem problem, String instance) {
    return small(
        json -> {
          json.writeStartObject();
          json.writeStringField("type", URN + problem.type());
          json.writeStringField("title", problem.title());
          json.writeNumberField("status", problem.status());
          json.writeStringField("detail", problem.detail());
          json.writeStringField("instance", instance);
          if (!problem.errors().isEmpty()) {
            json.writeArrayFieldStart("errors");
            for (Problem.Fault error : problem.errors()) {
              json.writeStartObject();
              json.writeStringField(error.member(), error.place());
              json.writeStringField("detail", error.detail());
              json.writeEndObject();
            }
            json.writeEndArray();
          }
          json.writeEndObject();
        });
  }

  @FunctionalInterface
  private interface Fields {
    void writeTo(JsonGenerator json) throws IOException;
  }

  /** Encodes what may be long, against the budget. */
  private ResponseBody write(Fields content) {
    return ResponseEncoder.encode(budget, out -> write(out, content));
  }

  private static ResponseBody small(Fields content) {
    var bytes = new ByteArrayOutputStream(512);
    try {
      write(bytes, content);
    } catch (IOException e) {
      throw new UncheckedIOException("a buffer in memory failed", e);
    }
    return ResponseBody.of(bytes.toByteArray());
  }

  private static void write(OutputStream out, Fields content) throws IOException {
    try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
      content.writeTo(json);
    }
  }
}
