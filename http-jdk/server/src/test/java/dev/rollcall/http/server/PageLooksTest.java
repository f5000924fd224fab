package dev.rollcall.http.server;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.selenium.AxeBuilder;
import dev.rollcall.Registration;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the page fits devices and eyes, and ten thousand services. */
class PageLooksTest extends PageFixture {
  private static final int MANY = 10_000;

  private static final List<String> VIEWS = List.of("/", "/?service=name-0-1", "/?q=nothing");

  @Test
  void aPhoneScrollsInOneDirectionAlone() {
    String longest = "very-long-" + "x".repeat(110);
    register(longest, Map.of("display_name", "y".repeat(200), "version", "z".repeat(60)));
    browser.resize(360, 740);

    for (String path : List.of("/", "/?service=" + longest)) {
      open(path);
      assertThat(browser.<Boolean>run("return document.documentElement.scrollWidth <= innerWidth"))
          .as(path)
          .isTrue();
    }
  }

  /** A window of 1,280 by 1,024 at 400 per cent, as WCAG 2.2 has it in 1.4.10 (reflow). */
  @Test
  void aLargeZoomLeavesPlaceForTheListAndForAService() {
    registerTens(30);
    browser.resize(320, 256);
    open();
    assertThat(browser.<Long>run("return document.getElementById('tree').clientHeight"))
        .isGreaterThan(150);
    open("/?service=name-0-1");
    assertThat(browser.<Long>run("return document.getElementById('panel').clientHeight"))
        .isGreaterThan(150);
    browser.run("scrollTo(0, 1e6)");
    browser.await("scrollY > 0");
    assertThat(browser.<Boolean>run("return document.documentElement.scrollWidth <= innerWidth"))
        .isTrue();
  }

  @Test
  void onAPhoneOnePartAtATimeIsThere() {
    register("a", Map.of());
    browser.resize(360, 740);
    open();
    assertThat(browser.find("#tree").isDisplayed()).isTrue();
    assertThat(browser.find("#activity").isDisplayed()).isFalse();

    row("a").click();
    browser.await("!document.getElementById('panel').hidden");
    assertThat(browser.find("#tree").isDisplayed()).isFalse();
    assertThat(browser.driver().switchTo().activeElement()).isEqualTo(browser.find("#panel"));
    browser.find("#panel-close").click();
    browser.find("#show-activity").click();

    assertThat(browser.find("#feed").isDisplayed()).isTrue();
    assertThat(browser.find("#tree").isDisplayed()).isFalse();
  }

  @Test
  void onAPhoneAServiceOfTheActivityTakesThePlaceOfTheActivity() {
    browser.resize(360, 740);
    open();
    register("a", Map.of());
    browser.find("#show-activity").click();
    browser.await("document.querySelector('#feed .link') !== null");

    browser.find("#feed .link").click();

    awaitText("panel-title", "a");
    assertThat(browser.find("#panel").isDisplayed()).isTrue();
    assertThat(browser.find("#activity").isDisplayed()).isFalse();
    assertThat(browser.find("#show-activity").getDomAttribute("aria-pressed")).isEqualTo("false");
    assertThat(browser.driver().switchTo().activeElement()).isEqualTo(browser.find("#panel"));
  }

  @Test
  void onAPhoneTheWayBackLeavesTheActivity() {
    register("a", Map.of());
    browser.resize(360, 740);
    open();
    row("a").click();
    browser.await("location.search === '?service=a'");
    browser.find("#show-activity").click();
    assertThat(browser.find("#feed").isDisplayed()).isTrue();

    browser.driver().navigate().back();

    browser.await("location.search === ''");
    browser.await("document.getElementById('tree').offsetParent !== null");
    assertThat(browser.find("#activity").isDisplayed()).isFalse();
    assertThat(browser.find("#show-activity").getDomAttribute("aria-pressed")).isEqualTo("false");
  }

  @Test
  void onAPhoneASearchFromThePanelShowsWhatItFinds() {
    register("orders", "orders-1");
    register("orders", "orders-2");
    register("z", Map.of());
    browser.resize(360, 740);
    open("/?q=nothing&service=orders-1");
    browser.await("document.querySelector('#panel-facts .link') !== null");

    browser.find("#panel-facts .link").click(); // the name

    browser.await("location.search === '?q=orders'");
    assertThat(browser.find("#panel").isDisplayed()).isFalse();
    awaitRows(3);
    assertThat(titles()).containsExactly("orders", "orders-1", "orders-2");
    assertThat(browser.driver().switchTo().activeElement()).isEqualTo(browser.find("#tree"));
    browser.driver().navigate().back();
    browser.await("location.search === '?q=nothing&service=orders-1'");
    assertThat(browser.find("#panel").isDisplayed()).isTrue();
  }

  @Test
  @Timeout(400)
  void anAuditOfItsAccessibilityFindsNothingInLightOrDarkOnADeskOrAPhone() {
    registerTens(30);
    for (String scheme : List.of("light", "dark")) {
      for (int width : List.of(1400, 360)) {
        browser.resize(width, 800);
        browser.emulate("prefers-color-scheme", scheme);
        for (String path : VIEWS) {
          open(path);
          audit(scheme + " " + width + " " + path);
        }
      }
    }
  }

  @Test
  void anAuditFindsNothingInTheDialogTheBannerOrAnEmptyRegistry() {
    open();
    audit("empty");
    register("a", Map.of());
    open("/?service=a");
    browser.await("!document.getElementById('deregister').hidden");
    browser.find("#deregister").click();
    audit("dialog");
    browser.find("#deregister-cancel").click();
    registry.deregister("a");
    browser.await("document.querySelectorAll('#feed .event').length > 0");
    store.fail(true);
    browser.await("!document.getElementById('banner').hidden");
    audit("banner");
    store.fail(false);
  }

  private static void audit(String what) {
    assertThat(new AxeBuilder().analyze(browser.driver()).getViolations()).as(what).isEmpty();
  }

  @Test
  void thePageIsDarkWhereTheSystemIs() {
    browser.emulate("prefers-color-scheme", "light");
    open();
    String ground = browser.run("return getComputedStyle(document.body).backgroundColor");
    browser.emulate("prefers-color-scheme", "dark");

    assertThat(browser.<String>run("return getComputedStyle(document.body).backgroundColor"))
        .isNotEqualTo(ground);
  }

  @Test
  void coloursOfTheUsersChoiceLeaveMarksAndSelectionsVisible() {
    register("a", Map.of());
    browser.emulate("forced-colors", "active");
    try {
      open("/?service=a&names=");

      assertThat(style(".row .sign", "backgroundColor")).isEqualTo("rgb(20, 150, 138)");
      assertThat(style(".row[aria-selected=true]", "borderLeftWidth")).isEqualTo("4px");
      assertThat(style("#fold", "outlineStyle")).isEqualTo("solid");
    } finally {
      browser.emulate("forced-colors", "none");
    }
  }

  private static String style(String selector, String property) {
    return browser.run(
        "return getComputedStyle(document.querySelector('" + selector + "'))." + property);
  }

  @Test
  void ofTenThousandServicesOnlyTheRowsInSightExist() {
    registerTens(MANY);
    open(); // a first visit also starts the server's code and the browser's
    open();
    Number listedAt =
        browser.run("return performance.getEntriesByName('rollcall-listed')[0].startTime");
    System.out.printf("page: 10,000 services stand there after %.0f ms%n", listedAt.doubleValue());

    assertFewRows();
    assertThat(browser.find("#count").getText()).isEqualTo("10,000 services");
    assertThat(titles()).startsWith("name-0", "name-0-0", "name-0-1");
    browser.run("document.getElementById('tree').scrollTop = 1e9");
    browser.await(
        "[...document.querySelectorAll('.title')].some(each => each.textContent === 'name-999-9')");
    assertFewRows();
    assertThat(row("name-999-9").getDomAttribute("aria-posinset")).isEqualTo("10");

    browser.find("#search").sendKeys("eu-4321");
    awaitRows(2);
    assertThat(titles()).containsExactly("name-432", "name-432-1");
  }

  @Test
  void aRowInSightStaysWhereItIsWhateverComesAboveIt() {
    registerTens(1_000);
    open();
    browser.run("document.getElementById('tree').scrollTop = 5000");
    browser.await(
        "!document.querySelector('.row[aria-posinset=\"1\"]')?.textContent.includes('name-0 ')");
    browser.await(
        "(window.kept = [...document.querySelectorAll('.row')].find(row =>"
            + " row.getBoundingClientRect().top > 400)?.querySelector('.title').textContent)"
            + " !== undefined");
    browser.run(
        "window.topOf = () => [...document.querySelectorAll('.row')].find(row =>"
            + " row.querySelector('.title').textContent === kept)?.getBoundingClientRect().top;"
            + "window.top0 = topOf()");

    register("a-first", Map.of());
    browser.await("document.getElementById('count').textContent === '1,001 services'");

    assertThat(browser.<Boolean>run("return Math.abs(topOf() - top0) < 1")).isTrue();
  }

  @Test
  void aChangeAmongTenThousandIsSeenAndFramesGoOn() {
    registerTens(MANY);
    open();
    browser.run(
        "window.seenAt = 0; const until = () => {"
            + "  if (document.getElementById('count').textContent === '10,001 services') {"
            + "    window.seenAt = Date.now();"
            + "  } else { requestAnimationFrame(until); }"
            + "}; requestAnimationFrame(until);");
    long start = System.currentTimeMillis();
    register("a-change", Map.of());
    browser.await("window.seenAt > 0");
    Number seenAt = browser.run("return window.seenAt");
    System.out.printf(
        "page: a change among 10,000 services is seen after %d ms%n", seenAt.longValue() - start);

    System.out.println("page: scrolling over 10,000 services: " + Frames.of(scrolled()));
    assertFewRows();
  }

  /** A rollout of a large fleet, or a restart of all of it. */
  @Test
  void aThousandChangesASecondAmongTenThousandAreFollowed() throws Exception {
    registerTens(MANY);
    open();
    register("a-probe", Map.of("version", "0"));
    awaitText("tree", "a-probe");
    double heapBefore = heapMegabytes();
    ScheduledExecutorService fleet = Executors.newSingleThreadScheduledExecutor();
    var changes = new AtomicInteger();
    long start = System.nanoTime();
    try {
      ScheduledFuture<?> ticks =
          fleet.scheduleAtFixedRate(() -> change(changes.incrementAndGet()), 0, 1, MILLISECONDS);
      Map<String, Object> seen = followed();
      double seconds = (System.nanoTime() - start) / 1e9;
      double[] delays = sorted(seen.get("delays"));
      double[] longTasks = sorted(seen.get("longTasks"));
      System.out.printf(
          "page: %.0f changes a second among 10,000 services: %s; a change is seen after %.0f ms"
              + " (median), %.0f ms (longest of %d); %d tasks of more than 50 ms, the longest %.0f ms%n",
          changes.get() / seconds,
          Frames.of(sorted(seen.get("frames"))),
          delays[delays.length / 2],
          delays[delays.length - 1],
          delays.length,
          longTasks.length,
          longTasks.length == 0 ? 0 : longTasks[longTasks.length - 1]);
      assertThat(ticks.isDone()).isFalse(); // none of them failed
    } finally {
      fleet.shutdownNow();
      assertThat(fleet.awaitTermination(60, SECONDS)).isTrue();
    }
    register("a-probe", Map.of("version", "last"));
    browser.await("document.querySelector('.row .version').textContent === 'last'");
    assertThat(browser.find("#count").getText())
        .isEqualTo("%,d services".formatted(registry.list().size()));
    assertThat(browser.<Long>run("return document.querySelectorAll('#feed .event').length"))
        .isLessThanOrEqualTo(100L);
    assertFewRows();
    System.out.printf(
        "page: its heap was %.1f MB before %d changes and is %.1f MB after them%n",
        heapBefore, changes.get(), heapMegabytes());
  }

  /** Changes one of ten thousand services; of each hundred changes, one is the probe's. */
  private void change(int number) {
    if (number % 100 == 0) {
      register("a-probe", Map.of("version", Long.toString(System.currentTimeMillis())));
      return;
    }
    int index = number * 7_919 % MANY;
    String name = "name-" + index / 10;
    String id = name + "-" + index % 10;
    if (number % 4 == 0) {
      registry.deregister(id);
    } else {
      registry.register(
          Registration.builder("http://" + id + ":8000")
              .name(name)
              .id(id)
              .ttl(Duration.ofHours(1))
              .info(Map.of("version", "2." + number))
              .build());
    }
  }

  /** Returns what a watcher of the screen notes in five seconds. */
  private static Map<String, Object> followed() {
    @SuppressWarnings("unchecked")
    Map<String, Object> seen =
        (Map<String, Object>)
            browser
                .driver()
                .executeAsyncScript(
                    """
                    const done = arguments[0];
                    const frames = [], delays = [], longTasks = [];
                    new PerformanceObserver(list =>
                      list.getEntries().forEach(entry => longTasks.push(entry.duration)))
                      .observe({ type: "longtask" });
                    const start = performance.now();
                    let last, text;
                    requestAnimationFrame(function frame(time) {
                      if (last !== undefined) frames.push(time - last);
                      last = time;
                      const now = document.querySelector(".row .version").textContent;
                      if (text !== undefined && now !== text) delays.push(Date.now() - now);
                      text = now;
                      time - start < 5000
                        ? requestAnimationFrame(frame)
                        : done({ frames, delays, longTasks });
                    });
                    """);
    return seen;
  }

  private static double heapMegabytes() {
    browser.driver().executeCdpCommand("HeapProfiler.collectGarbage", Map.of());
    Map<String, Object> usage =
        browser.driver().executeCdpCommand("Runtime.getHeapUsage", Map.of());
    return ((Number) usage.get("usedSize")).doubleValue() / 1e6;
  }

  private static double[] sorted(Object numbers) {
    return ((List<?>) numbers)
        .stream().mapToDouble(each -> ((Number) each).doubleValue()).sorted().toArray();
  }

  private static void assertFewRows() {
    assertThat(browser.<Long>run("return document.querySelectorAll('.row').length"))
        .isBetween(10L, 80L);
    assertThat(browser.<Long>run("return document.querySelectorAll('*').length"))
        .isLessThan(1_000L);
  }

  private record Frames(double perSecond, double medianMillis, double longestMillis) {
    static Frames of(double[] sorted) {
      double sum = Arrays.stream(sorted).sum();
      return new Frames(
          sorted.length * 1_000 / sum, sorted[sorted.length / 2], sorted[sorted.length - 1]);
    }

    @Override
    public String toString() {
      return "%.1f frames a second, %.1f ms between two (median), %.1f ms at most"
          .formatted(perSecond, medianMillis, longestMillis);
    }
  }

  /** Returns the milliseconds between the frames of three seconds of scrolling. */
  private static double[] scrolled() {
    return sorted(
        browser
            .driver()
            .executeAsyncScript(
                """
                    const done = arguments[0];
                    const tree = document.getElementById("tree");
                    const millis = [];
                    const start = performance.now();
                    let last;
                    requestAnimationFrame(function frame(time) {
                      if (last !== undefined) millis.push(time - last);
                      last = time;
                      tree.scrollTop += 300;
                      time - start < 3000 ? requestAnimationFrame(frame) : done(millis);
                    });
                    """));
  }
}
