package dev.rollcall.http.server.prometheus;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.rollcall.Service;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Services in the form of Prometheus' HTTP service discovery: a group for each, with its host and
 * port as the only target, and with labels from which relabeling makes those of the target.
 */
public final class TargetGroups {
  private static final String META = "__meta_rollcall_";

  private TargetGroups() {}

  /**
   * Writes the groups. A service whose url has no host and port, as another registry over the same
   * store may have accepted it, is left out.
   *
   * @param json where they are written
   * @param services in the order of the groups
   * @throws IOException if they cannot be written
   */
  public static void write(JsonGenerator json, List<Service> services) throws IOException {
    json.writeStartArray();
    for (Service service : services) {
      Optional<ScrapeUrl> url = ScrapeUrl.of(service.url());
      if (url.isPresent()) {
        write(json, service, url.get());
      }
    }
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, Service service, ScrapeUrl url) throws IOException {
    json.writeStartObject();
    json.writeArrayFieldStart("targets");
    json.writeString(url.address());
    json.writeEndArray();
    json.writeObjectFieldStart("labels");
    json.writeStringField(META + "id", service.id());
    json.writeStringField(META + "name", service.name());
    json.writeStringField(META + "url", service.url());
    json.writeStringField(META + "scheme", url.scheme());
    json.writeStringField(META + "base_path", url.basePath());
    for (Map.Entry<String, String> label : InfoLabels.of(service.info()).entrySet()) {
      json.writeStringField(label.getKey(), label.getValue());
    }
    json.writeEndObject();
    json.writeEndObject();
  }
}
