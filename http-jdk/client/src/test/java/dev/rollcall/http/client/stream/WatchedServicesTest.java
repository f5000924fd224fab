package dev.rollcall.http.client.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.rollcall.Service;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.View;
import dev.rollcall.http.client.json.ServiceReader;
import java.io.IOException;
import java.time.Instant;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WatchedServicesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant LATER = NOW.plusSeconds(1);

  private static Service service(String id) {
    return service(id, "http://" + id, NOW, NOW);
  }

  private static Service service(String id, String url, Instant updated, Instant pinged) {
    return new ServiceReader(() -> NOW)
        .read(
            Map.of(
                "id",
                id,
                "url",
                url,
                "info",
                Map.of(),
                "registered_at",
                NOW.toString(),
                "last_updated",
                updated.toString(),
                "last_ping_at",
                pinged.toString()))
        .orElseThrow();
  }

  private static List<Service> viewed(WatchedServices services) {
    return services.view(Optional.empty(), "v").services();
  }

  @Test
  void oneServiceTooManyIsRefusedAndWhatIsKnownStays() throws IOException {
    WatchedServices services = new WatchedServices(service("a").heapBytes() * 2L);
    services.put(service("a"), NOW);
    services.put(service("b"), NOW);

    assertThatThrownBy(() -> services.put(service("c"), NOW)).isInstanceOf(IOException.class);
    assertThat(services.takeChanges(null, NOW)).extracting(Change::id).containsExactly("a", "b");
    assertThat(viewed(services)).extracting(Service::id).containsExactly("a", "b");

    services.remove("a", Change.Type.EXPIRED, NOW);
    services.put(service("c"), NOW); // There is room again.
    assertThat(services.takeChanges(null, NOW)).extracting(Change::id).containsExactly("a", "c");
  }

  @Test
  void aServiceThatRegistersAgainTakesItsPlaceOnce() throws IOException {
    WatchedServices services = new WatchedServices(service("a").heapBytes());
    services.put(service("a"), NOW);
    services.put(service("a", "http://b", LATER, LATER), NOW);

    assertThat(viewed(services)).extracting(Service::url).containsExactly("http://b");
  }

  @Test
  void whatTheListenerHasNotBeenToldIsMergedToTheNewest() throws IOException {
    WatchedServices services = new WatchedServices(Long.MAX_VALUE);
    services.put(service("passing"), NOW);
    services.remove("passing", Change.Type.EXPIRED, NOW);
    assertThat(services.isTold()).isTrue();

    services.replace(List.of(service("a"), service("b")), NOW);
    services.replace(List.of(service("b")), NOW);
    assertThat(services.takeChanges(null, NOW)).extracting(Change::id).containsExactly("b");
  }

  @Test
  void aMergedChangeSaysWhatIsDifferentFromWhatTheListenerKnows() throws IOException {
    WatchedServices services = new WatchedServices(Long.MAX_VALUE);
    Service told = service("a");
    services.put(told, NOW);
    assertThat(services.takeChanges(null, NOW))
        .extracting(Change::type)
        .containsExactly(Change.Type.ADDED);

    services.put(service("a", "http://b", LATER, LATER), NOW);
    Service again = service("a", "http://b", LATER.plusSeconds(1), LATER);
    services.put(again, LATER);
    assertThat(services.takeChanges(null, NOW))
        .containsExactly(new Change(Change.Type.UPDATED, again, Optional.of(told), LATER));

    Service unseen = service("a", "http://c", LATER, LATER);
    services.put(unseen, NOW);
    services.remove("a", Change.Type.EXPIRED, LATER);
    assertThat(services.takeChanges(null, NOW))
        .containsExactly(new Change(Change.Type.EXPIRED, unseen, Optional.of(again), LATER));
  }

  @Test
  void aListSaysWhatIsLostAndWhatHasRegisteredAgainAndPingsAreNoChanges() throws IOException {
    WatchedServices services = new WatchedServices(Long.MAX_VALUE);
    services.replace(List.of(service("lost"), service("pinged"), service("registered")), NOW);
    assertThat(services.takeChanges(null, NOW)).hasSize(3);

    Service pinged = service("pinged", "http://pinged", NOW, LATER);
    Service registered = service("registered", "http://registered", LATER, LATER);
    services.replace(List.of(pinged, registered), LATER);

    assertThat(services.takeChanges(null, NOW))
        .extracting(Change::id, Change::type)
        .containsExactly(
            tuple("lost", Change.Type.LOST), tuple("registered", Change.Type.REGISTERED));
    assertThat(viewed(services)).containsExactly(pinged, registered);
  }

  /**
   * A list whose iterators throw an Error where the second service would be, from some number on.
   */
  private static List<Service> failingAt(int iterator, List<Service> services) {
    AtomicInteger iterators = new AtomicInteger();
    return new AbstractList<>() {
      @Override
      public Service get(int index) {
        if (index == 1 && iterators.incrementAndGet() >= iterator) {
          throw new OutOfMemoryError("thrown by a test");
        }
        return services.get(index);
      }

      @Override
      public int size() {
        return services.size();
      }
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void whatAnErrorKeptFromTheChangesIsFoundByWhatTheListenerKnows(int iterator) throws IOException {
    WatchedServices services = new WatchedServices(Long.MAX_VALUE);
    services.replace(List.of(service("gone"), service("kept"), service("moved")), NOW);
    assertThat(services.takeChanges(null, NOW)).hasSize(3);
    View told = services.view(Optional.empty(), "v");
    Service moved = service("moved", "http://elsewhere", LATER, LATER);
    List<Service> present = List.of(service("added"), service("kept"), moved);

    assertThatThrownBy(() -> services.replace(failingAt(iterator, present), LATER))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(services.isTold()).isFalse();
    services.replace(present, LATER);

    assertThat(services.takeChanges(told, LATER))
        .extracting(Change::id, Change::type)
        .containsExactlyInAnyOrder(
            tuple("added", Change.Type.ADDED),
            tuple("gone", Change.Type.LOST),
            tuple("moved", Change.Type.UPDATED));
    assertThat(services.isTold()).isTrue();
    assertThat(services.takeChanges(told, LATER)).isEmpty();
  }

  @Test
  void aListIsTakenAsAWhole() throws IOException {
    Service small = service("a");
    Service large = service("a", "http://" + "a".repeat(500), LATER, LATER);
    WatchedServices services =
        new WatchedServices(large.heapBytes() + (long) small.heapBytes() + 50);
    services.replace(List.of(small, service("b", "http://" + "b".repeat(500), NOW, NOW)), NOW);

    services.replace(List.of(large, service("b")), LATER); // One grows, the other shrinks.
    assertThat(viewed(services)).containsExactly(large, service("b"));

    assertThatThrownBy(() -> services.replace(List.of(large, service("b"), service("c")), LATER))
        .isInstanceOf(IOException.class);
    assertThat(viewed(services)).containsExactly(large, service("b"));
  }
}
