package dev.rollcall.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.Service;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {
  private static Service service(String id, String name, Map<String, Object> info) {
    Instant t = Instant.EPOCH;
    return new Service(id, name, "http://h", info, t, t, t, t, 1);
  }

  private static Map<String, Object> info() {
    Map<String, Object> info = new HashMap<>();
    info.put("zone", "eu-1");
    info.put("port", 8080);
    info.put("ratio", new BigDecimal("1.50"));
    info.put("beta", true);
    info.put("none", null);
    info.put("tags", Arrays.asList("blue", 7, null));
    info.put("nested", Map.of("deep", Map.of("er", "x"), "", "empty"));
    return info;
  }

  @ParameterizedTest
  @CsvSource({
    "info.zone, eu-1",
    "info.port, 8080",
    "info.ratio, 1.50",
    "info.beta, true",
    "info.none, null",
    "info.tags, blue",
    "info.tags, 7",
    "info.tags, null",
    "info.nested.deep.er, x",
    "info.nested., empty"
  })
  void aConditionIsMetByTheValueAtItsPath(String path, String value) {
    assertThat(Query.all().where(path, value).matches(service("a", "n", info()))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "info.zone, eu",
    "info.zone, EU-1",
    "info.ratio, 1.5",
    "info.absent, null",
    "info.tags, '[blue, 7, null]'",
    "info.nested.deep, '{er=x}'",
    "info.nested.deep.er.more, x",
    "info.zone.more, eu-1",
    "info.tags.0, blue"
  })
  void aConditionIsNotMetByAnythingElse(String path, String value) {
    assertThat(Query.all().where(path, value).matches(service("a", "n", info()))).isFalse();
  }

  @Test
  void ofSeveralNamesAnyWillDoAndOfSeveralConditionsAllMustBeMet() {
    Query query =
        Query.named("orders").or("billing").where("info.zone", "eu-1").where("info.tags", "blue");

    assertThat(query.matches(service("a", "orders", info()))).isTrue();
    assertThat(query.matches(service("a", "billing", info()))).isTrue();
    assertThat(query.matches(service("a", "other", info()))).isFalse();
    assertThat(query.matches(service("a", "orders", Map.of("zone", "eu-1")))).isFalse();
  }

  @Test
  void aPageIsTheFirstServicesAfterAnId() {
    List<Service> services =
        List.of(service("c", "n", info()), service("a", "n", info()), service("b", "n", info()));

    assertThat(Query.all().limit(2).select(services))
        .extracting(Service::id)
        .containsExactly("a", "b");
    assertThat(Query.all().limit(2).after("a").select(services))
        .extracting(Service::id)
        .containsExactly("b", "c");
    assertThat(Query.all().after("c").select(services)).isEmpty();
    assertThat(Query.all().select(services)).extracting(Service::id).containsExactly("a", "b", "c");
  }

  @Test
  void theSameQuestionIsTheSameQuery() {
    Query one = Query.named("a").or("b").where("info.x", "1").where("info.y", "2");
    Query other = Query.named("b").or("a").or("b").where("info.y", "2").where("info.x", "1");

    assertThat(one).isEqualTo(other).hasSameHashCodeAs(other).hasToString(other.toString());
    assertThat(one).hasToString("name=a&name=b&info.x=1&info.y=2");
    assertThat(one.limit(3)).isNotEqualTo(one);
    assertThat(one.after("a")).isNotEqualTo(one);
    assertThat(Query.all().isAll()).isTrue();
    assertThat(one.isAll()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "zone", "info", "info.", "Info.zone", "information.x"})
  void aPathLeadsIntoTheInfo(String path) {
    assertThatIllegalArgumentException().isThrownBy(() -> Query.all().where(path, "x"));
  }

  @Test
  void whatAQueryHoldsIsBounded() {
    Query names = Query.all();
    for (int i = 0; i < Query.MAX_NAMES; i++) {
      names = names.or("n" + i);
    }
    Query conditions = Query.all();
    for (int i = 0; i < Query.MAX_CONDITIONS; i++) {
      conditions = conditions.where("info.x" + i, "y");
    }
    Query full = names;
    Query fullOfConditions = conditions;

    assertThatIllegalArgumentException().isThrownBy(() -> full.or("more"));
    assertThatIllegalArgumentException().isThrownBy(() -> fullOfConditions.where("info.more", "y"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Query.all().where("info" + ".x".repeat(65), "y"));
    assertThat(Query.all().where("info" + ".x".repeat(64), "y").matches(service("a", "n", info())))
        .isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Query.all().where("info.x", "y".repeat(1_001)));
    assertThatIllegalArgumentException().isThrownBy(() -> Query.all().limit(0));
    assertThatIllegalArgumentException().isThrownBy(() -> Query.all().limit(1_001));
    assertThatIllegalArgumentException().isThrownBy(() -> Query.named("no name"));
    assertThatIllegalArgumentException().isThrownBy(() -> Query.all().after("no id"));
  }

  @Test
  void aVersionIsThatOfTheSetWhateverItsOrderAndHistory() {
    Service a = service("a", "n", info());
    Service b = service("b", "n", Map.of());
    Service c = service("c", "n", Map.of());

    SetVersion both = SetVersion.of(List.of(a, b));
    assertThat(both).isEqualTo(SetVersion.of(List.of(b, a)));
    assertThat(both.plus(c).minus(b).plus(b).minus(c)).isEqualTo(both).hasSameHashCodeAs(both);
    assertThat(both.minus(a).minus(b)).isEqualTo(SetVersion.EMPTY);
    assertThat(both.toString()).matches("[0-9a-f]{32}");
    assertThat(SetVersion.EMPTY.minus(a).plus(a)).isEqualTo(SetVersion.EMPTY);
  }

  @Test
  void aVersionChangesWithARegistrationAndNotWithAPing() {
    Instant t = Instant.EPOCH;
    Service service = new Service("a", "n", "http://h", Map.of(), t, t, t, t, 1);
    Service pinged =
        new Service("a", "n", "http://h", Map.of(), t, t, t.plusSeconds(1), t.plusSeconds(2), 1);
    Service again = new Service("a", "n", "http://h", Map.of(), t, t, t, t, 2);

    assertThat(version(pinged)).isEqualTo(version(service));
    assertThat(version(again)).isNotEqualTo(version(service));
  }

  @Test
  void withoutARevisionAVersionIsThatOfWhatIsSaid() {
    Instant t = Instant.EPOCH;
    Service service = new Service("a", "n", "http://h", Map.of("x", 1), t, t, t, t, 0);
    Service later = new Service("a", "n", "http://h", Map.of("x", 1), t, t, t, t.plusSeconds(1), 0);

    assertThat(version(later)).isEqualTo(version(service));
    assertThat(version(new Service("a", "m", "http://h", Map.of("x", 1), t, t, t, t, 0)))
        .isNotEqualTo(version(service));
    assertThat(version(new Service("a", "n", "http://i", Map.of("x", 1), t, t, t, t, 0)))
        .isNotEqualTo(version(service));
    assertThat(version(new Service("a", "n", "http://h", Map.of("x", 2), t, t, t, t, 0)))
        .isNotEqualTo(version(service));
  }

  private static SetVersion version(Service service) {
    return SetVersion.of(List.of(service));
  }
}
