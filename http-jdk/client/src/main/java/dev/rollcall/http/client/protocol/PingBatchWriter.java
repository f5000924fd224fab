package dev.rollcall.http.client.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.rollcall.http.wire.Json;
import dev.rollcall.spi.LeasePing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Writes the body of a request that pings several services. */
final class PingBatchWriter {
  private PingBatchWriter() {}

  static byte[] write(List<LeasePing> pings) {
    var bytes = new ByteArrayBuilder();
    try (JsonGenerator json = Json.FACTORY.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeArrayFieldStart("leases");
      for (LeasePing ping : pings) {
        json.writeStartObject();
        json.writeStringField("id", ping.id());
        if (ping.fence().leaseId().isPresent()) {
          json.writeStringField("lease_id", ping.fence().leaseId().get());
        }
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a buffer in memory failed", e);
    }
    return bytes.toByteArray();
  }
}
