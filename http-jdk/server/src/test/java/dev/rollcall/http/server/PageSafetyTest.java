package dev.rollcall.http.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.net.URLEncoder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the page runs, loads and asks for: its own, and no more than it must. */
@Tag("not-on-jetty")
class PageSafetyTest extends PageFixture {
  private static final String HOSTILE =
      "<script>window.hacked = 1</script><img src=x onerror=hacked=1>\u202e";

  @Test
  void whatIsMarkupInAServicesWordsIsOnlyText() {
    Map<String, Object> info =
        Map.of("display_name", HOSTILE, "version", HOSTILE, HOSTILE, Map.of(HOSTILE, HOSTILE));
    register("x", info);
    browser.resize(1900, 900); // wide enough for all columns beside the panel
    open("/?service=x");
    registry.register(
        Registration.builder("http://h").id("toString").name("constructor").info(info).build());
    awaitRows(3);
    awaitText("info", "onerror");

    assertThat(row("x").getText()).contains("<script>", "<img");
    assertThat(browser.find("#info").getText()).contains("<script>window.hacked = 1</script>");
    assertHarmless(1);
  }

  @Test
  void whatIsMarkupInARegistrysWordsIsOnlyText() throws Exception {
    String hostile = HOSTILE.replace("\u202e", "");
    String service =
        "{'id':'%1$s','name':'%1$s','url':'javascript:hacked=1','info':{'a':'%1$s'},"
            + "'registered_at':'%1$s','last_updated':'%1$s','last_ping_at':'%1$s',"
            + "'expires_at':'%1$s','ttl_seconds':30,'marks':['%1$s']}";
    String event =
        "{'count':1,'events':[{'id':'%1$s','type':'%1$s','at':'2026-11-23T18:00:00.000Z',"
            + "'client':'%1$s','reason':'%1$s'}]}";
    String path = "<script>window.hacked = 1</script><img src=x onerror=hacked=1>";
    browser.resize(1500, 900); // wide enough for the feed beside the panel
    try (var scripted = new ScriptedPageServer()) {
      scripted
          .answer("/services", json("{'count':1,'services':[" + service + "]}", hostile))
          .answer("/services/" + path, json(service, hostile))
          .answer("/services/" + path + "/$history", json(event, hostile))
          .answer("/services/$events", json(event, hostile));
      openAt(scripted.url(), "/?service=" + URLEncoder.encode(path, UTF_8));
      browser.await("document.querySelectorAll('#history .event').length === 1");
      browser.await("document.querySelectorAll('#feed .event').length === 1");

      assertThat(browser.driver().getTitle()).contains(path);
      assertThat(browser.find("#feed").getText()).contains("<script>");
      assertThat(browser.find("#panel-title").getText()).isEqualTo(path);
      assertThat(browser.find("#panel-facts a").getDomAttribute("href")).isNull();
      assertHarmless(1);
      browser.driver().get(server.url() + "/");
    }
  }

  @Test
  void whatHasNoLookOfItsOwnIsShownByItsNumber() {
    register(
        "a",
        Map.of("display_name", "a\u202eb\u200bc\u0007", "version", "שלום", "note", "x\u202ey"));
    register("b", Map.of("display_name", "\u061ca\u200e\u00ad\u200db\u3164\u2800\udb40\udc41"));
    register("c", Map.of("display_name", "\ud83d\udc69\u200d\ud83d\udcbb \u2764\ufe0f"));
    open("/?service=a");
    awaitText("info", "שלום");

    assertThat(
            browser.<List<String>>run(
                "return [...document.querySelectorAll('.row .alias')].map(each => each.textContent)"))
        .containsExactlyInAnyOrder(
            "a\\u202eb\\u200bc\\u0007",
            "\\u061ca\\u200e\\u00ad\\u200db\\u3164\\u2800\\u{e0041}",
            "\ud83d\udc69\u200d\ud83d\udcbb \u2764\ufe0f");
    assertThat(browser.find("#info").getText()).contains("x\\u202ey");
  }

  /**
   * Compares the page's rule with the same one as a single regular expression, which looks behind,
   * for all texts of up to four characters of these kinds.
   */
  @Test
  void joinersAndVariationSelectorsStayAfterWhatIsVisibleAlone() {
    open();

    List<String> wrong =
        browser.run(
            """
            const rule = /(?![\\t\\n])(?!(?<=[^\\0-\\x7f\\p{DI}]|\\ufe0f)[\\u200c\\u200d\\ufe0e\\ufe0f])[\\p{Cc}\\p{DI}\\p{Bidi_Control}\\p{Zl}\\p{Zp}\\u2800]/gu;
            const byRule = text => text.replace(rule, each => {
              const digits = each.codePointAt(0).toString(16);
              return digits.length > 4 ? `\\\\u{${digits}}` : `\\\\u${digits.padStart(4, "0")}`;
            });
            const kinds = ["a", "\\t", "\\x07", "\\x85", "\\u0628", "\\u061c", "\\u200b", "\\u200c",
              "\\u200d", "\\u2028", "\\u202e", "\\u2800", "\\ufe0e", "\\ufe0f", "\\u{1f469}",
              "\\u{e0041}", "\\ud83d", "\\udc41"];
            let texts = [""];
            const all = [];
            for (let length = 1; length <= 4; length++) {
              texts = texts.flatMap(text => kinds.map(kind => text + kind));
              all.push(...texts);
            }
            return import("./assets/dom.js").then(({ visible }) =>
              all.filter(text => visible(text) !== byRule(text)).slice(0, 9).map(escape));
            """);

    assertThat(wrong).isEmpty();
  }

  @Test
  void aLongTextCostsARowNoMoreThanAShortOne() {
    register("a", Map.of("display_name", "y".repeat(60_000), "version", "z".repeat(60_000)));

    open();

    assertThat(browser.<Long>run("return document.querySelector('.row').textContent.length"))
        .isLessThan(1_000L);
  }

  @Test
  void whatIsAPathOfSomethingElseIsNoId() {
    register("a", Map.of());
    for (String id : List.of(".", "..", "$status", "%24events")) {
      open("/?service=" + id);
      assertThat(browser.find("#panel").isDisplayed()).as(id).isFalse();
    }
  }

  private static String json(String text, String hostile) {
    return text.replace('\'', '"').formatted(hostile);
  }

  private static void assertHarmless(int scripts) {
    assertThat(browser.<Object>run("return window.hacked")).isNull();
    assertThat(browser.<Long>run("return document.scripts.length")).isEqualTo(scripts);
    assertThat(browser.<Long>run("return document.querySelectorAll('main img').length")).isZero();
  }

  @Test
  void underABasePathThePageFindsAllThatItNeeds() {
    server.close();
    server = RegistryHttpServer.builder(registry).basePath("/v2").start();
    register("a", Map.of());

    browser.driver().get(server.url().toString()); // without a slash at its end
    awaitRows(1);
    awaitText("server", "of 1,000");

    assertThat(browser.driver().getCurrentUrl()).isEqualTo(server.url() + "/");
    assertThat(complaints()).isEmpty();
  }

  @Test
  void nothingIsAskedOfAnyOtherHostAndThePolicyStopsNothing() {
    register("a", Map.of("display_name", "A", "icon", "http://elsewhere.invalid/x.png"));
    browser.requested();
    open();
    awaitText("server", "of 1,000");
    browser.await(
        "performance.getEntriesByType('resource').some(each => each.name.endsWith('marks.js'))");

    assertThat(browser.requested())
        .contains(server.url() + "/services", server.url() + "/assets/page.css")
        .allMatch(url -> url.startsWith(server.url() + "/"));
    assertThat(complaints()).isEmpty();
  }

  /** Lets a minute pass at once, and ten seconds soon, in the pages that are opened from now on. */
  private static void hurry() {
    browser.hurry(Map.of(60_000, 0, 10_000, 50));
  }

  /** Hides the page, as far as it can tell: a hidden page gets no frames. */
  private static void hide() {
    browser.run(
        "Object.defineProperty(document, 'hidden', { get: () => window.away, configurable: true });"
            + "window.frame ??= window.requestAnimationFrame;"
            + "window.requestAnimationFrame = () => 0; window.away = true;"
            + "document.dispatchEvent(new Event('visibilitychange'));");
  }

  private static void show() {
    browser.run(
        "window.requestAnimationFrame = window.frame; window.away = false;"
            + "document.dispatchEvent(new Event('visibilitychange'));");
  }

  private static void awaitStreams(int count) {
    browser.await(
        "fetch('services/$status').then(answer => answer.json())"
            + ".then(status => { window.open = status.watches.used; })"
            + " && window.open === "
            + count);
  }

  @Test
  void aPageThatNobodySeesGivesBackItsStreamAndStillSaysWhatIsWrong() {
    hurry();
    register("a", Map.of());
    open();
    hide();
    awaitStreams(0);
    store.fail(true);
    browser.await("document.title.startsWith('⚠ Store down')"); // by the status alone
    store.fail(false);
    browser.await("!document.title.startsWith('⚠')");
    register("b", Map.of());

    show();

    awaitRows(2);
    assertThat(titles()).containsExactly("a", "b");
  }

  @Test
  void aStreamThatIsTakenUpAgainTellsOnlyWhatHasChanged() {
    var streams = serveCountingStreams();
    hurry();
    register("a", Map.of());
    open();
    hide();
    awaitStreams(0);

    show();

    awaitStreams(1);
    register("b", Map.of());
    awaitRows(2);
    assertThat(streams.snapshots).hasValue(1);
    assertThat(streams.resumed).hasValue(1);
  }
}
