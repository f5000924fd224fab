package dev.rollcall.http.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What a registry shows of itself: its description for programs, and its page for people. */
final class SelfDescription {
  private static final int OK = 200;
  private static final int PERMANENT_REDIRECT = 308;

  private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
  private static final String SCRIPT = "text/javascript; charset=utf-8";

  /** The page holds text from strangers: nothing runs but its own files, nothing is sent away. */
  private static final String CONTENT_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private SelfDescription() {}

  static Map<String, Resource> document() {
    return Map.of("openapi.json", file("openapi", "openapi.json", "application/json", Map.of()));
  }

  /** Serves metrics: scraped once for all who ask at a time, and counted against a budget. */
  static Resource metrics(Supplier<String> scrape, MemoryBudget budget) {
    var once =
        new SingleFlight(
            () -> {
              byte[] text = scrape.get().getBytes(UTF_8);
              return ContentWriter.encode(budget, out -> out.write(text));
            });
    return Resource.read(
        new Endpoint("metrics", Access.READ, request -> Answer.of(OK, METRICS_TYPE, once.get())));
  }

  /** Returns the page, with its files, by path. */
  static Map<String, Resource> page() {
    Map<String, Resource> files = new LinkedHashMap<>();
    files.put("", page("index.html", "text/html; charset=utf-8"));
    for (String script : List.of("page.js", "poll.js", "table.js", "row.js", "clock.js")) {
      files.put("assets/" + script, page(script, SCRIPT));
    }
    files.put("assets/page.css", page("page.css", "text/css; charset=utf-8"));
    files.put("assets/mark.svg", page("mark.svg", "image/svg+xml"));
    return files;
  }

  private static Resource page(String name, String contentType) {
    Map<String, String> headers =
        Map.of("Content-Security-Policy", CONTENT_POLICY, "Referrer-Policy", "no-referrer");
    return file("page", "page/" + name, contentType, headers);
  }

  private static Resource file(
      String endpoint, String name, String contentType, Map<String, String> headers) {
    var file = new PackagedFile(name, contentType, headers);
    return Resource.read(new Endpoint(endpoint, Access.NONE, file::answer));
  }

  /** Makes what leads from the base path to the page below it, against which its links count. */
  static Resource redirect() {
    return Resource.read(
        new Endpoint(
            "page",
            Access.NONE,
            request -> {
              String path = request.path();
              String last = path.substring(path.lastIndexOf('/') + 1);
              return Answer.of(PERMANENT_REDIRECT, "text/plain", Content.EMPTY)
                  .with("Location", last + "/");
            }));
  }
}
