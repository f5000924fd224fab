package dev.rollcall.http.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.function.Supplier;

/** What a registry shows of itself. */
final class SelfDescription {
  private static final int OK = 200;

  private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private SelfDescription() {}

  static Resource metrics(Supplier<String> scrape) {
    return Resource.read(
        new Endpoint(
            "metrics",
            Access.READ,
            request -> Answer.of(OK, METRICS_TYPE, scrape.get().getBytes(UTF_8))));
  }
}
