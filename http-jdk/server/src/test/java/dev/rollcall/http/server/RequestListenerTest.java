package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.spi.CompletedRequest;
import dev.rollcall.http.server.spi.RequestListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class RequestListenerTest {
  private final List<CompletedRequest> told = new CopyOnWriteArrayList<>();

  @Test
  void eachRequestIsToldOnceWithWhatBecameOfIt() {
    try (var served =
        new ServedRegistry(handler -> handler.listener(told::add), server -> server)) {
      served.wire().registered("a");
      served.wire().get("/services/nobody");
      served.wire().send("BREW", "/health");
    } // each has been told by then

    assertThat(told)
        .extracting(
            CompletedRequest::operation, CompletedRequest::status, CompletedRequest::problem)
        .containsExactlyInAnyOrder( // each is told after its answer has left, so the next may win
            tuple("register", 201, Optional.empty()),
            tuple("find", 404, Optional.of("not-found")),
            tuple("unknown", 405, Optional.of("method-not-allowed")));
    assertThat(told)
        .extracting(CompletedRequest::took)
        .allMatch(took -> took.compareTo(Duration.ZERO) > 0);
  }

  @Test
  void aListenerThatThrowsHarmsNeitherTheAnswerNorTheNextListener() {
    RequestListener broken =
        request -> {
          throw new IllegalStateException("broken");
        };
    try (var served =
        new ServedRegistry(
            handler -> handler.listener(broken).listener(told::add), server -> server)) {
      assertThat(served.wire().get("/services").status()).isEqualTo(200);
    }
    assertThat(told).hasSize(1);
  }
}
