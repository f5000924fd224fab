package dev.rollcall.http.server.response;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.rollcall.Service;
import dev.rollcall.http.server.prometheus.TargetGroups;
import dev.rollcall.http.wire.ServiceJson;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** In which form an answer shows services. */
public enum ListForm {
  /** The protocol's list of services. */
  SERVICES {
    @Override
    void write(JsonGenerator json, List<Service> services, Optional<String> next)
        throws IOException {
      json.writeStartObject();
      json.writeNumberField("count", services.size());
      if (next.isPresent()) {
        json.writeStringField("next", next.get());
      }
      json.writeArrayFieldStart("services");
      for (Service service : services) {
        ServiceJson.write(json, service);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  },

  /** Targets that Prometheus scrapes. */
  PROMETHEUS_TARGETS {
    @Override
    void write(JsonGenerator json, List<Service> services, Optional<String> next)
        throws IOException {
      TargetGroups.write(json, services);
    }
  };

  /**
   * Writes services.
   *
   * @param next the last of their ids, where more follow
   */
  abstract void write(JsonGenerator json, List<Service> services, Optional<String> next)
      throws IOException;
}
