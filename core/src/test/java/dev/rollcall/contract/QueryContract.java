package dev.rollcall.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.discovery.Query;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Lists of those services that a query asks for: always what it selects from the whole list. */
public interface QueryContract extends RegistryFixture {

  /** Registers a service with a name and an info. */
  private void register(String id, String name, Map<String, ?> info) {
    registry().register(Registration.builder("http://h").id(id).name(name).info(info).build());
  }

  private List<String> idsOf(Query query) {
    List<Service> found = registry().list(query);
    assertThat(found).isUnmodifiable().isEqualTo(query.select(registry().list()));
    return found.stream().map(Service::id).toList();
  }

  @Test
  default void aQueryForAllIsTheWholeList() {
    assertThat(idsOf(Query.all())).isEmpty();
    register("b", "orders", Map.of());
    register("a", "billing", Map.of());

    assertThat(idsOf(Query.all())).containsExactly("a", "b");
  }

  @Test
  default void aQueryFindsTheServicesOfItsNames() {
    register("o2", "orders", Map.of());
    register("o1", "orders", Map.of());
    register("b1", "billing", Map.of());
    register("orders", "else", Map.of("name", "orders"));

    assertThat(idsOf(Query.named("orders"))).containsExactly("o1", "o2");
    assertThat(idsOf(Query.named("orders").or("billing"))).containsExactly("b1", "o1", "o2");
    assertThat(idsOf(Query.named("none"))).isEmpty();
    assertThat(idsOf(Query.named("Orders"))).isEmpty();
  }

  @Test
  default void aConditionComparesValuesAsTexts() {
    Map<String, Object> info = new LinkedHashMap<>();
    info.put("text", "eu 1+&=%/é😀\"");
    info.put("empty", "");
    info.put("int", 7);
    info.put("big", new BigInteger("9".repeat(40)));
    info.put("decimal", new BigDecimal("1.50"));
    info.put("true", true);
    info.put("null", null);
    info.put("list", Arrays.asList("x", 7, null, List.of("nested")));
    info.put("map", Map.of("deep", Map.of("er", "v")));
    register("a", "n", info);
    register("b", "n", Map.of());

    Map<String, String> met = new LinkedHashMap<>();
    met.put("info.text", "eu 1+&=%/é😀\"");
    met.put("info.empty", "");
    met.put("info.int", "7");
    met.put("info.big", "9".repeat(40));
    met.put("info.decimal", "1.50");
    met.put("info.true", "true");
    met.put("info.null", "null");
    met.put("info.list", "x");
    met.put("info.map.deep.er", "v");
    met.forEach(
        (path, value) ->
            assertThat(idsOf(Query.all().where(path, value))).as(path).containsExactly("a"));
    assertThat(idsOf(Query.all().where("info.list", "7").where("info.list", "null")))
        .containsExactly("a");

    Map<String, String> unmet = new LinkedHashMap<>();
    unmet.put("info.text", "eu 1");
    unmet.put("info.int", "07");
    unmet.put("info.decimal", "1.5");
    unmet.put("info.true", "True");
    unmet.put("info.list", "nested");
    unmet.put("info.map", "v");
    unmet.put("info.map.deep", "v");
    unmet.put("info.map.er", "v");
    unmet.put("info.int.more", "7");
    unmet.put("info.missing", "");
    unmet.put("info.empty.", "");
    unmet.forEach(
        (path, value) -> assertThat(idsOf(Query.all().where(path, value))).as(path).isEmpty());
  }

  @Test
  default void allConditionsMustBeMet() {
    register("a", "orders", Map.of("zone", "eu-1", "color", "blue"));
    register("b", "orders", Map.of("zone", "eu-1", "color", "green"));
    register("c", "billing", Map.of("zone", "eu-1", "color", "blue"));

    Query zone = Query.all().where("info.zone", "eu-1");
    assertThat(idsOf(zone)).containsExactly("a", "b", "c");
    assertThat(idsOf(zone.where("info.color", "blue"))).containsExactly("a", "c");
    assertThat(idsOf(zone.where("info.color", "blue").or("orders"))).containsExactly("a");
    assertThat(idsOf(zone.where("info.zone", "eu-2"))).isEmpty();
  }

  @Test
  default void theLargestQueryIsAnswered() {
    register("a", "n99", Map.of("k19", "v".repeat(1_000)));
    Query names = Query.all();
    for (int i = 0; i < Query.MAX_NAMES; i++) {
      names = names.or("n" + i);
    }
    assertThat(idsOf(names)).containsExactly("a");
    assertThat(idsOf(names.where("info.k19", "v".repeat(1_000)))).containsExactly("a");

    Query everything = names;
    for (int i = 0; i < Query.MAX_CONDITIONS; i++) {
      everything = everything.where("info.k" + i, "é".repeat(1_000));
    }
    assertThat(idsOf(everything)).isEmpty();
  }

  @Test
  default void pagesFollowEachOtherInTheOrderOfIds() {
    List.of("b", "A", "a.1", "a", "Z_9", "a-1", "0").forEach(id -> register(id, "n", Map.of()));

    Query pages = Query.named("n").limit(3);
    assertThat(idsOf(pages)).containsExactly("0", "A", "Z_9");
    assertThat(idsOf(pages.after("Z_9"))).containsExactly("a", "a-1", "a.1");
    assertThat(idsOf(pages.after("a.1"))).containsExactly("b");
    assertThat(idsOf(pages.after("b"))).isEmpty();
    assertThat(idsOf(Query.all().after("a-0"))).containsExactly("a-1", "a.1", "b");
  }

  @Test
  default void whoeverIsThereAllTheTimeIsOnExactlyOnePageWhileOthersComeAndGo() {
    List<String> ids = new ArrayList<>();
    for (int i = 100; i < 150; i++) {
      ids.add("s" + i);
      register("s" + i, "n", Map.of());
    }
    List<String> seen = new ArrayList<>();
    Query pages = Query.named("n").limit(7);
    List<Service> page = registry().list(pages);
    for (int i = 0; !page.isEmpty(); i++) {
      page.stream().map(Service::id).filter(ids::contains).forEach(seen::add);
      String last = page.get(page.size() - 1).id();
      register("r" + i, "n", Map.of()); // before all pages
      register("t" + i, "n", Map.of()); // after all of them
      register("s100-" + i, "n", Map.of()); // on a page that was read
      registry().deregister("r" + (i - 1));
      registry().deregister("t" + (i - 1));
      page = registry().list(pages.after(last));
      assertThat(i).isLessThan(20);
    }

    assertThat(seen).containsExactlyElementsOf(ids);
  }
}
