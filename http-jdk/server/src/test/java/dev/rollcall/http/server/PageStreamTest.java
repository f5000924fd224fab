package dev.rollcall.http.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How the page follows a registry through all that may come between the two. */
class PageStreamTest extends PageFixture {
  private static final String LIST =
      "{\"count\":1,\"services\":[{\"id\":\"a\",\"name\":\"a\",\"url\":\"http://h:1\",\"info\":{},"
          + "\"registered_at\":\"2026-11-23T18:00:00.000Z\","
          + "\"last_updated\":\"2026-11-23T18:00:00.000Z\","
          + "\"last_ping_at\":\"2026-11-23T18:01:00.000Z\","
          + "\"expires_at\":\"2026-11-23T18:01:30.000Z\",\"ttl_seconds\":30}]}";

  @Test
  void aStreamThatAProxyHoldsUpIsReplacedByTheList() throws Exception {
    browser.hurry(Map.of(12_000, 500));
    try (var scripted = new ScriptedPageServer()) {
      scripted.holdStreams().answer("/services", LIST);

      openAt(scripted.url(), "/");

      assertThat(titles()).containsExactly("a");
      browser.await("document.getElementById('freshness').innerText === 'Live'");
      browser.driver().get(server.url() + "/");
    }
  }

  @Test
  void aRegistryThatHasNoPlaceForAStreamShowsItsList() throws Exception {
    serveWith(endpoints -> endpoints.limits(RequestLimits.builder().maxWatches(1).build()));
    register("a", Map.of());
    var stream =
        HttpRequest.newBuilder(server.url().resolve("/services"))
            .header("Accept", "text/event-stream")
            .build();
    try (var taken = HttpClient.newHttpClient().send(stream, BodyHandlers.ofInputStream()).body()) {
      taken.read();

      open();

      assertThat(titles()).containsExactly("a");
      assertThat(browser.find("#freshness").getText()).isEqualTo("Live");
      register("b", Map.of());
      awaitRows(2);
    }
  }

  @Test
  void aLoginPageIsNotTakenForTheRegistry() throws Exception {
    try (var scripted = new ScriptedPageServer()) {
      scripted.answer("/services", "<html>Log in</html>");

      browser.driver().get(scripted.url() + "/");

      awaitText("banner", "What answers here is not the registry.");
      browser.driver().get(server.url() + "/");
    }
  }

  @Test
  void aComputerThatSleptTakesItsStreamUpAgain() throws Exception {
    var streams = serveCountingStreams();
    register("a", Map.of());
    open();

    browser.run("const real = Date.now; Date.now = () => real() + 3600000");

    assertThat(streams.firstResumed.await(60, SECONDS)).isTrue();
    register("b", Map.of());
    awaitRows(2);
  }

  @Test
  void aPageThatReadsAllDayKeepsNothingOfWhatItHasRead() throws Exception {
    String counted =
        "window.kept = 0; const add = AbortSignal.prototype.addEventListener;"
            + "const remove = AbortSignal.prototype.removeEventListener;"
            + "AbortSignal.prototype.addEventListener = function (...all) {"
            + "  window.kept++; return add.apply(this, all); };"
            + "AbortSignal.prototype.removeEventListener = function (...all) {"
            + "  window.kept--; return remove.apply(this, all); };";
    browser.hurry(Map.of(2_000, 1));
    browser.runFirst(counted);
    try (var scripted = new ScriptedPageServer()) {
      scripted.answer("/services", LIST);
      openAt(scripted.url(), "/");

      browser.await("performance.getEntriesByName(document.baseURI + 'services').length > 50");

      assertThat(browser.<Long>run("return window.kept")).isLessThan(5L);
      browser.driver().get(server.url() + "/");
    }
  }

  @Test
  void aRegistryThatSaysWhenToComeBackIsNotAskedBefore() throws Exception {
    browser.runFirst(
        "window.waits = []; const real = window.setTimeout;"
            + "window.setTimeout = (step, ms, ...rest) => { waits.push(ms);"
            + " return real(step, ms, ...rest); };");
    try (var scripted = new ScriptedPageServer().refuse(33)) {
      browser.driver().get(scripted.url() + "/");

      awaitText("banner", "The registry answered 429.");
      browser.await("waits.includes(33000)");
      browser.driver().get(server.url() + "/");
    }
  }

  @Test
  void marksAreReadOnceAtATimeHoweverOftenThePageIsLookedAt() {
    browser.runFirst(
        "window.reading = 0; window.most = 0; const Real = Worker;"
            + "window.Worker = class extends Real { constructor(...all) { super(...all);"
            + " this.addEventListener('message', () => reading--); }"
            + " postMessage(...all) { most = Math.max(most, ++reading); super.postMessage(...all); } };");
    register("a", Map.of());
    open();

    browser.run(
        "for (let i = 0; i < 9; i++) document.dispatchEvent(new Event('visibilitychange'));");

    browser.await("most > 0 && reading === 0");
    assertThat(browser.<Long>run("return most")).isEqualTo(1);
  }
}
