package dev.rollcall.http.client.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.rollcall.Registration;
import dev.rollcall.http.wire.Json;
import dev.rollcall.http.wire.ServiceJson;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes the body of a registration. */
final class RegistrationWriter {
  private RegistrationWriter() {}

  static byte[] write(Registration registration) {
    var bytes = new ByteArrayBuilder();
    try (JsonGenerator json = Json.FACTORY.createGenerator(bytes)) {
      json.writeStartObject();
      if (registration.id().isPresent()) {
        json.writeStringField("id", registration.id().get());
      }
      if (hasNameOfItsOwn(registration)) {
        json.writeStringField("name", registration.name().get());
      }
      json.writeStringField("url", registration.url());
      json.writeFieldName("info");
      ServiceJson.writeValue(json, registration.info());
      if (registration.ttl().isPresent()) {
        ServiceJson.writeSeconds(json, "ttl_seconds", registration.ttl().get());
      }
      if (registration.leaseId().isPresent()) {
        json.writeStringField("lease_id", registration.leaseId().get());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a buffer in memory failed", e);
    }
    return bytes.toByteArray();
  }

  /** Returns whether there is a name that the registry does not find in the info. */
  private static boolean hasNameOfItsOwn(Registration registration) {
    return registration.name().filter(n -> !n.equals(registration.info().get("name"))).isPresent();
  }
}
