package dev.rollcall.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ServiceEventTest {
  private static final Instant AT = Instant.ofEpochMilli(1_000);

  private static ServiceEvent.Builder event() {
    return ServiceEvent.builder(ServiceEvent.Type.REGISTERED, "a", "orders", AT);
  }

  @Test
  void itSaysWhatItWasBuiltWith() {
    ServiceEvent event =
        event()
            .again()
            .byLease()
            .leaseId("L")
            .url("http://h")
            .client("10.0.0.1")
            .lastPingAt(AT.minusSeconds(30))
            .lateness(Duration.ofSeconds(2))
            .count(12)
            .call(ServiceEvent.Call.PING)
            .build();

    assertThat(event.type()).isEqualTo(ServiceEvent.Type.REGISTERED);
    assertThat(event.id()).isEqualTo("a");
    assertThat(event.name()).isEqualTo("orders");
    assertThat(event.at()).isEqualTo(AT);
    assertThat(event.isAgain()).isTrue();
    assertThat(event.isByLease()).isTrue();
    assertThat(event.leaseId()).contains("L");
    assertThat(event.url()).contains("http://h");
    assertThat(event.client()).contains("10.0.0.1");
    assertThat(event.lastPingAt()).contains(AT.minusSeconds(30));
    assertThat(event.lateness()).contains(Duration.ofSeconds(2));
    assertThat(event.count()).hasValue(12);
    assertThat(event.call()).contains(ServiceEvent.Call.PING);
    assertThat(event).hasToString("ServiceEvent[REGISTERED a at 1970-01-01T00:00:01Z]");
  }

  @Test
  void whatItDoesNotSayIsEmpty() {
    ServiceEvent event = event().build();

    assertThat(event.isAgain()).isFalse();
    assertThat(event.isByLease()).isFalse();
    assertThat(event.leaseId()).isEmpty();
    assertThat(event.url()).isEmpty();
    assertThat(event.client()).isEmpty();
    assertThat(event.lastPingAt()).isEmpty();
    assertThat(event.lateness()).isEmpty();
    assertThat(event.count()).isEmpty();
    assertThat(event.call()).isEmpty();
    assertThatNullPointerException().isThrownBy(() -> event().leaseId(null)).withMessage("leaseId");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> event().count(0))
        .withMessage("a count is 1 or more, not 0");
  }

  @Test
  void twoAreEqualIfAllThatTheySayIs() {
    List<ServiceEvent> different =
        new ArrayList<>(
            Stream.of(
                    ServiceEvent.builder(ServiceEvent.Type.UPDATED, "a", "orders", AT),
                    ServiceEvent.builder(ServiceEvent.Type.REGISTERED, "b", "orders", AT),
                    ServiceEvent.builder(ServiceEvent.Type.REGISTERED, "a", "billing", AT),
                    ServiceEvent.builder(
                        ServiceEvent.Type.REGISTERED, "a", "orders", AT.plusMillis(1)),
                    event().again(),
                    event().byLease(),
                    event().leaseId("L"),
                    event().url("http://h"),
                    event().client("10.0.0.1"),
                    event().lastPingAt(AT),
                    event().lateness(Duration.ofSeconds(1)),
                    event().count(1),
                    event().count(2),
                    event().call(ServiceEvent.Call.DEREGISTER),
                    event().call(ServiceEvent.Call.UPDATE))
                .map(ServiceEvent.Builder::build)
                .toList());
    different.add(event().build());

    assertThat(different).doesNotHaveDuplicates();
    assertThat(event().build()).isEqualTo(event().build()).hasSameHashCodeAs(event().build());
    assertThat(event().build()).isNotEqualTo("a");
  }

  @Test
  void afterAnEndTheIdIsNotAlive() {
    assertThat(Stream.of(ServiceEvent.Type.values()).filter(ServiceEvent.Type::isEnd))
        .containsExactly(
            ServiceEvent.Type.DEREGISTERED, ServiceEvent.Type.EXPIRED, ServiceEvent.Type.LOST);
  }
}
