package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.selenium.AxeBuilder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
            + " row.getBoundingClientRect().top > 400).querySelector('.title').textContent) !== ''");
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

    System.out.println("page: scrolling over 10,000 services " + Frames.of(scrolled()));
    assertFewRows();
  }

  private static void assertFewRows() {
    assertThat(browser.<Long>run("return document.querySelectorAll('.row').length"))
        .isBetween(10L, 80L);
    assertThat(browser.<Long>run("return document.querySelectorAll('*').length"))
        .isLessThan(1_000L);
  }

  private record Frames(double perSecond, double medianMillis, double longestMillis) {
    static Frames of(List<Double> millis) {
      double[] sorted = millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      double sum = Arrays.stream(sorted).sum();
      return new Frames(
          sorted.length * 1_000 / sum, sorted[sorted.length / 2], sorted[sorted.length - 1]);
    }
  }

  /** Returns the milliseconds between the frames of three seconds of scrolling. */
  private static List<Double> scrolled() {
    browser.driver().manage().timeouts().scriptTimeout(Duration.ofSeconds(60));
    List<?> millis =
        (List<?>)
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
                    """);
    return millis.stream().map(each -> ((Number) each).doubleValue()).toList();
  }
}
