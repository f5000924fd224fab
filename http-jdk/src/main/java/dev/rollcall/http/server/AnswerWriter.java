package dev.rollcall.http.server;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.http.Json;
import dev.rollcall.http.ServiceJson;
import dev.rollcall.http.Timestamps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes what the registry answers as the protocol's JSON. */
final class AnswerWriter {
  private AnswerWriter() {}

  static byte[] registered(Registration registration, Lease lease, String pingUrl) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeStringField("id", lease.id());
          json.writeStringField("status", "registered");
          json.writeStringField("service_url", registration.url());
          json.writeStringField(
              "message", "Service " + nameOf(registration, lease) + " registered successfully");
          ServiceJson.writeSeconds(json, "ttl_seconds", lease.ttl());
          if (lease.leaseId().isPresent()) {
            json.writeStringField("lease_id", lease.leaseId().get());
          }
          json.writeStringField("ping_url", pingUrl);
          json.writeEndObject();
        });
  }

  private static String nameOf(Registration registration, Lease lease) {
    return registration.info().get("display_name") instanceof String name && !name.isBlank()
        ? name
        : lease.id();
  }

  /** Writes the answer to a ping, as nearly every answer is; so it is done without a generator. */
  static byte[] alive(Lease lease) {
    String json =
        "{\"id\":\""
            + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(lease.id()))
            + "\",\"status\":\"alive\",\"last_ping_at\":\""
            + Timestamps.format(lease.lastPingAt())
            + "\",\"expires_at\":\""
            + Timestamps.format(lease.expiresAt())
            + "\"}";
    return json.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] service(Service service) {
    return write(json -> ServiceJson.write(json, service));
  }

  static byte[] list(List<Service> services) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeNumberField("count", services.size());
          json.writeArrayFieldStart("services");
          for (Service service : services) {
            ServiceJson.write(json, service);
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  static byte[] deregistered(Service service) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeStringField("status", "deregistered");
          json.writeFieldName("service");
          ServiceJson.write(json, service);
          json.writeEndObject();
        });
  }

  static byte[] health(String status) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeStringField("status", status);
          json.writeEndObject();
        });
  }

  static byte[] problem(Problem problem, String instance) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeStringField("type", "urn:rollcall:error:" + problem.type());
          json.writeStringField("title", problem.title());
          json.writeNumberField("status", problem.status());
          json.writeStringField("detail", problem.detail());
          json.writeStringField("instance", instance);
          if (!problem.errors().isEmpty()) {
            json.writeArrayFieldStart("errors");
            for (Problem.FieldError error : problem.errors()) {
              json.writeStartObject();
              json.writeStringField("pointer", error.pointer());
              json.writeStringField("detail", error.detail());
              json.writeEndObject();
            }
            json.writeEndArray();
          }
          json.writeEndObject();
        });
  }

  @FunctionalInterface
  private interface Content {
    void writeTo(JsonGenerator json) throws IOException;
  }

  private static byte[] write(Content content) {
    var bytes = new ByteArrayBuilder();
    try (JsonGenerator json = Json.FACTORY.createGenerator(bytes)) {
      content.writeTo(json);
    } catch (IOException e) {
      throw new UncheckedIOException("a buffer in memory failed", e);
    }
    return bytes.toByteArray();
  }
}
