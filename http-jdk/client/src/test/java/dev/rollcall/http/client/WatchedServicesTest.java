package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Service;
import dev.rollcall.discovery.Change;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WatchedServicesTest {
  private static final Instant NOW = Instant.EPOCH;

  private static Service service(String id) {
    return new ServiceReader(() -> NOW)
        .read(Map.of("id", id, "url", "http://" + id, "info", Map.of()))
        .orElseThrow();
  }

  @Test
  void oneServiceTooManyIsRefusedAndWhatIsKnownStays() throws IOException {
    WatchedServices services = new WatchedServices(service("a").heapBytes() * 2L);
    services.put(service("a"), NOW);
    services.put(service("b"), NOW);

    assertThatThrownBy(() -> services.put(service("c"), NOW)).isInstanceOf(IOException.class);
    assertThat(services.takeChanges()).extracting(Change::id).containsExactly("a", "b");

    services.remove("a", Change.Type.EXPIRED, NOW);
    services.put(service("c"), NOW); // There is room again.
    assertThat(services.takeChanges()).extracting(Change::id).containsExactly("a", "c");
  }

  @Test
  void whatTheListenerHasNotBeenToldIsMergedToTheNewest() throws IOException {
    WatchedServices services = new WatchedServices(Long.MAX_VALUE);
    services.put(service("passing"), NOW);
    services.remove("passing", Change.Type.EXPIRED, NOW);
    assertThat(services.isTold()).isTrue();

    services.replace(List.of(service("a"), service("b")), NOW);
    services.replace(List.of(service("b")), NOW);
    assertThat(services.takeChanges()).extracting(Change::id).containsExactly("b");
  }
}
