package dev.rollcall.http.server.routing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.http.server.memory.MemoryBudget;
import dev.rollcall.http.server.request.Endpoint;
import dev.rollcall.http.server.request.RequestKind;
import dev.rollcall.http.server.response.Response;
import dev.rollcall.http.server.response.ResponseBody;
import dev.rollcall.http.server.response.ResponseEncoder;
import dev.rollcall.http.server.response.SingleFlight;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What a registry shows of itself: its description for programs, and its page for people. */
public final class BuiltInEndpoints {
  private static final int OK = 200;
  private static final int PERMANENT_REDIRECT = 308;

  private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
  private static final String SCRIPT = "text/javascript; charset=utf-8";

  private static final List<String> SCRIPTS =
      List.of(
          "page.js",
          "registry.js",
          "clock.js",
          "stream.js",
          "fleet.js",
          "dom.js",
          "list.js",
          "feed.js",
          "panel.js",
          "deregister.js",
          "marks.js");

  /** The page holds text from strangers: nothing runs but its own files, nothing is sent away. */
  private static final String CONTENT_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private BuiltInEndpoints() {}

  public static Map<String, PathEndpoints> document() {
    return Map.of("openapi.json", file("openapi", "openapi.json", "application/json", Map.of()));
  }

  /** Serves metrics: scraped once for all who ask at a time, and counted against a budget. */
  public static PathEndpoints metrics(Supplier<String> scrape, MemoryBudget budget) {
    var once =
        new SingleFlight<ResponseBody>(
            () -> {
              byte[] text = scrape.get().getBytes(UTF_8);
              return ResponseEncoder.encode(budget, out -> out.write(text));
            },
            ResponseBody::release);
    return PathEndpoints.read(
        new Endpoint(
            "metrics",
            RequestKind.READ,
            request -> Response.of(OK, METRICS_TYPE, once.use(ResponseBody::hold))));
  }

  /** Returns the page, with its files, by path. */
  public static Map<String, PathEndpoints> page() {
    Map<String, PathEndpoints> files = new LinkedHashMap<>();
    files.put("", page("index.html", "text/html; charset=utf-8"));
    for (String script : SCRIPTS) {
      files.put("assets/" + script, page(script, SCRIPT));
    }
    files.put("assets/page.css", page("page.css", "text/css; charset=utf-8"));
    for (String image : List.of("mark.svg", "mark-alert.svg")) {
      files.put("assets/" + image, page(image, "image/svg+xml"));
    }
    return files;
  }

  private static PathEndpoints page(String name, String contentType) {
    Map<String, String> headers =
        Map.of("Content-Security-Policy", CONTENT_POLICY, "Referrer-Policy", "no-referrer");
    return file("page", "page/" + name, contentType, headers);
  }

  private static PathEndpoints file(
      String endpoint, String name, String contentType, Map<String, String> headers) {
    return PathEndpoints.read(
        new Endpoint(endpoint, RequestKind.NONE, new PackagedFile(name, contentType, headers)));
  }

  /** Makes what leads from the base path to the page below it, against which its links count. */
  static PathEndpoints redirect() {
    return PathEndpoints.read(
        new Endpoint(
            "page",
            RequestKind.NONE,
            request -> {
              String path = request.path();
              String last = path.substring(path.lastIndexOf('/') + 1);
              return Response.of(PERMANENT_REDIRECT, "text/plain", ResponseBody.EMPTY)
                  .with("Location", last + "/");
            }));
  }
}
