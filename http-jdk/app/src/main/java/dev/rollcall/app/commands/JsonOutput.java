package dev.rollcall.app.commands;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.rollcall.Service;
import dev.rollcall.discovery.Change;
import dev.rollcall.http.wire.Json;
import dev.rollcall.http.wire.ServiceJson;
import dev.rollcall.http.wire.Timestamps;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Shows services to programs: each, or each change, as an object of JSON on a line. */
final class JsonOutput implements ServicesOutput {
  /** All beyond this is written as an escape, so that a terminal does nothing but show it. */
  private static final char LAST_PLAIN = '~';

  private final PrintWriter out;

  JsonOutput(PrintWriter out) {
    this.out = out;
  }

  @FunctionalInterface
  private interface Content {
    void writeTo(JsonGenerator json) throws IOException;
  }

  @Override
  public void list(List<Service> services, Instant now) {
    for (Service service : services) {
      println(json -> ServiceJson.write(json, service));
    }
  }

  @Override
  public void change(Change change) {
    println(
        json -> {
          json.writeStartObject();
          json.writeStringField("change", change.type().name().toLowerCase(Locale.ROOT));
          json.writeStringField("at", Timestamps.format(change.at()));
          json.writeFieldName("service");
          ServiceJson.write(json, change.service());
          json.writeEndObject();
        });
  }

  @Override
  public void stale(Optional<Instant> since) {
    println(
        json -> {
          json.writeStartObject();
          json.writeStringField("stale_since", since.map(Timestamps::format).orElse(null));
          json.writeEndObject();
        });
  }

  private void println(Content content) {
    var line = new StringWriter();
    try (JsonGenerator json = Json.FACTORY.createGenerator(line)) {
      json.setHighestNonEscapedChar(LAST_PLAIN);
      content.writeTo(json);
    } catch (IOException e) {
      throw new UncheckedIOException("a buffer in memory failed", e);
    }
    out.println(line);
  }
}
