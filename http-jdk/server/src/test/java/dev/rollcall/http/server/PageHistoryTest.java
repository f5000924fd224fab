package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** What the page shows of histories and marks, and of a registry that cannot stream. */
@Tag("not-on-jetty")
class PageHistoryTest extends PageFixture {
  private static final String SERVICE =
      "{\"id\":\"%s\",\"name\":\"orders\",\"url\":\"http://h:1\",\"info\":{},"
          + "\"registered_at\":\"2026-11-23T18:00:00.000Z\","
          + "\"last_updated\":\"2026-11-23T18:00:00.000Z\","
          + "\"last_ping_at\":\"2026-11-23T18:01:00.000Z\","
          + "\"expires_at\":\"2026-11-23T18:01:30.000Z\",\"ttl_seconds\":30%s}";

  private ScriptedPageServer scripted;

  @BeforeEach
  void script() throws IOException {
    scripted = new ScriptedPageServer();
    list(
        SERVICE.formatted("orders-1", ""),
        SERVICE.formatted("orders-2", ",\"marks\":[\"flapping\",\"late\"]"));
  }

  @AfterEach
  void closeScripted() {
    browser.driver().get(server.url() + "/");
    scripted.close();
  }

  private void list(String... services) {
    scripted.answer(
        "/services",
        "{\"count\":" + services.length + ",\"services\":[" + String.join(",", services) + "]}");
  }

  @Test
  void aNameSaysHowManyOfItsInstancesAreLateAndTheTitleDoes() {
    openAt(scripted.url(), "/");

    assertThat(row("orders").getText()).contains("2 instances", "1 late, 1 flapping");
    assertThat(row("orders-2").getText()).contains("flapping, late");
    assertThat(browser.driver().getTitle()).startsWith("⚠ 1 late · ");
    assertThat(icon()).isEqualTo("assets/mark-alert.svg");

    browser.find("#late").click();
    browser.await("location.search === '?q=is%3Alate'");
    awaitRows(2);
    assertThat(titles()).containsExactly("orders", "orders-2");
    assertThat(row("orders").getText()).contains("1 of 2 instances");
  }

  @Test
  void marksThatNoChangeTellsOfAreReadFromTheList() {
    scripted.stream(
        "id: e.1.v\nevent: snapshot\ndata: {\"count\":1,\"services\":["
            + SERVICE.formatted("orders-2", "")
            + "]}\n\nid: e.1.v\nevent: sync\ndata: {\"fresh\":true}\n\n");

    openAt(scripted.url(), "/");
    browser.await("document.title.startsWith('⚠ 1 late')");

    assertThat(row("orders-2").getText()).contains("flapping, late");
    browser.run(
        "window.before = performance.getEntriesByName(document.baseURI + 'services').length");
    browser.await( // a snapshot knows of no mark, and takes none away
        "performance.getEntriesByName(document.baseURI + 'services').length > before + 2");
    assertThat(browser.driver().getTitle()).startsWith("⚠ 1 late");
  }

  @Test
  void theNewestAnswerOfTheOpenServiceSaysWhetherItHasMarks() {
    scripted.stream(
        "id: e.1.v\nevent: snapshot\ndata: {\"count\":1,\"services\":["
            + SERVICE.formatted("orders-2", "")
            + "]}\n\nid: e.1.v\nevent: sync\ndata: {\"fresh\":true}\n\n");
    openAt(scripted.url(), "/");
    browser.await("document.title.startsWith('⚠ 1 late')");
    scripted.answer("/services/orders-2", SERVICE.formatted("orders-2", ""));

    row("orders-2").click();

    browser.await( // The list, which is read more rarely, still says otherwise.
        "!document.title.startsWith('⚠')"
            + " && document.querySelector('#panel-state').innerText.startsWith('Registered')"
            + " && !document.querySelector('#panel-state').innerText.includes('late')"
            + " && !document.querySelector('#tree').innerText.includes('late')");
  }

  @Test
  void aListSaysWhatRegisteredAgainAndOfOthersOnlyThatTheyChanged() {
    openAt(scripted.url(), "/");
    String updated = "\"last_updated\":\"2026-11-23T18:00:";
    String changed = SERVICE.replace(updated + "00", updated + "30");
    list(
        changed.formatted("orders-1", ""),
        changed
            .replace(
                "\"registered_at\":\"2026-11-23T18:00:00",
                "\"registered_at\":\"2026-11-23T18:00:30")
            .formatted("orders-2", ""));

    browser.await("document.querySelectorAll('#feed .event').length === 2");

    assertThat(browser.texts("#feed .what"))
        .containsExactlyInAnyOrder("changed", "registered again");
  }

  @Test
  void aPlaceInTheListOutlastsANewList() {
    openAt(scripted.url(), "/");
    browser.find("#tree").sendKeys(Keys.HOME);
    browser.await("document.querySelector('.active .title')?.textContent === 'orders'");

    list(
        SERVICE.formatted("orders-1", ""),
        SERVICE.formatted("orders-2", ""),
        SERVICE.formatted("orders-3", ""));
    awaitRows(4);

    assertThat(browser.texts(".active .title")).containsExactly("orders");
  }

  @Test
  void aListThatIsReadAgainAndAgainIsFollowedToo() {
    openAt(scripted.url(), "/");
    list(SERVICE.formatted("orders-1", ""));

    awaitRows(2);

    assertThat(titles()).containsExactly("orders", "orders-1");
    assertThat(browser.driver().getTitle()).startsWith("1 service · ");
    browser.await("document.querySelectorAll('#feed .event').length === 1");
  }

  @Test
  void aHistoryStandsInThePanelAndTheLatestEventsInTheFeed() {
    String expired =
        "{\"id\":\"orders-1\",\"name\":\"orders\",\"type\":\"expired\","
            + "\"at\":\"2026-11-23T17:59:31.000Z\",\"last_ping_at\":\"2026-11-23T17:59:00.000Z\","
            + "\"lateness_seconds\":12.5}";
    String registered =
        "{\"id\":\"orders-1\",\"name\":\"orders\",\"type\":\"registered\",\"again\":true,"
            + "\"at\":\"2026-11-23T18:00:00.000Z\",\"client\":\"10.0.0.7\"}";
    String events = "{\"count\":2,\"events\":[" + registered + "," + expired + "]}";
    scripted.answer("/services/$events", events).answer("/services/orders-1/$history", events);

    browser.resize(1500, 900); // wide enough for the feed beside the panel
    openAt(scripted.url(), "/?service=orders-1");

    browser.await("document.querySelectorAll('#history .event').length === 2");
    assertThat(browser.texts("#history .what"))
        .containsExactly(
            "registered again: from 10.0.0.7",
            "expired: last ping 31 s before, pings had come 12 s late");
    assertThat(browser.find("#history-note").isDisplayed()).isFalse();
    browser.await("document.querySelectorAll('#feed .event').length === 2");
    assertThat(browser.texts("#feed .what").get(0)).startsWith("registered again");
  }

  @Test
  void callsThatWereRefusedStandInThePanelAndInTheFeed() {
    String refused =
        "{\"id\":\"orders-1\",\"name\":\"orders\",\"type\":\"refused\",\"count\":%s,"
            + "\"at\":\"2026-11-23T17:59:3%s.000Z\",\"lease_id\":\"01M84S401H4R260E75QAS22SQ3\"%s}";
    String events =
        "{\"count\":3,\"events\":["
            + refused.formatted("1200", 3, ",\"call\":\"ping\"")
            + ","
            + refused.formatted("1", 2, ",\"call\":\"deregister\",\"client\":\"10.0.0.7\"")
            + ","
            + refused.formatted("\"<b>\"", 1, ",\"call\":7")
            + "]}";
    scripted.answer("/services/$events", events).answer("/services/orders-1/$history", events);

    browser.resize(1500, 900); // wide enough for the feed beside the panel
    openAt(scripted.url(), "/?service=orders-1");

    browser.await("document.querySelectorAll('#history .event').length === 3");
    List<String> texts =
        List.of(
            "refused 1,200 calls with another lease: the last one to ping",
            "refused 1 call with another lease: to deregister, from 10.0.0.7",
            "refused calls with another lease");
    assertThat(browser.texts("#history .what")).isEqualTo(texts);
    browser.await("document.querySelectorAll('#feed .event').length === 3");
    assertThat(browser.texts("#feed .what")).isEqualTo(texts);
    assertThat(browser.texts("#panel-state")).doesNotContain("No live service has this id.");
  }

  @Test
  void theHistoryOfAnIdThatIsGoneStandsThereToo() {
    scripted.answer(
        "/services/old/$history",
        "{\"id\":\"old\",\"count\":1,\"events\":[{\"id\":\"old\",\"type\":\"deregistered\","
            + "\"by\":\"id\",\"at\":\"2026-11-23T18:00:00.000Z\"}]}");

    openAt(scripted.url(), "/?service=old");

    awaitText("panel-state", "No live service has this id.");
    browser.await("document.querySelectorAll('#history .event').length === 1");
    assertThat(browser.texts("#history .what")).containsExactly("deregistered: by its id alone");
  }
}
