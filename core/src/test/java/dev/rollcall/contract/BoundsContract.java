package dev.rollcall.contract;

import static dev.rollcall.contract.RegistryFixture.aService;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids, urls and ttls at each bound come back as they were; beyond it they get nowhere. */
public interface BoundsContract extends RegistryFixture {

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "Z", "0", "a.", "a_-.", "0-9", "a..b", "CON", "true", "null", "service"})
  default void anIdWithinTheBoundsIsKept(String id) {
    assertThat(registry().register(aService(id).build()).id()).isEqualTo(id);
    assertThat(registry().ping(id)).isPresent();
    assertThat(registry().find(id).map(Service::id)).contains(id);
    assertThat(registry().deregister(id)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 127, 128})
  default void anIdMayHave128Characters(int length) {
    anIdWithinTheBoundsIsKept("x".repeat(length));
  }

  @ParameterizedTest
  @MethodSource("dev.rollcall.contract.Samples#urls")
  default void aUrlWithinTheBoundsIsKept(String url) {
    registry().register(Registration.builder(url).id("a").build());

    assertThat(registry().find("a").map(Service::url)).contains(url);
  }

  @ParameterizedTest
  @MethodSource("dev.rollcall.contract.Samples#ttls")
  default void aTtlWithinTheBoundsIsKept(Duration ttl) {
    assertThat(registry().register(aService("a").ttl(ttl).build()).ttl()).isEqualTo(ttl);
    assertThat(registry().find("a").map(Service::ttl)).contains(ttl);
    assertThat(registry().ping("a").orElseThrow().ttl()).isEqualTo(ttl);
  }

  @ParameterizedTest
  @MethodSource("dev.rollcall.contract.Samples#badIds")
  default void anIdBeyondTheBoundsIsRefusedAndFindsNothing(String id) {
    assertThatIllegalArgumentException().isThrownBy(() -> aService().id(id));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> aService().info(Map.of("id", id.isEmpty() ? " " : id)).build());
    assertThat(registry().find(id)).isEmpty();
    assertThat(registry().ping(id)).isEmpty();
    assertThat(registry().deregister(id)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("dev.rollcall.contract.Samples#badInfos")
  default void anInfoThatNotEveryReaderCanReadIsRefusedWhereItIsMade(Map<String, Object> info) {
    assertThatIllegalArgumentException().isThrownBy(() -> aService().info(info));
    assertThat(registry().list()).isEmpty();
  }
}
