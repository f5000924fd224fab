package dev.rollcall.http.server;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.contract.TimeFixture;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.openqa.selenium.Point;
import org.openqa.selenium.Rectangle;
import org.openqa.selenium.WebElement;

/** What the page shows, as a person sees it. */
class PageTest extends PageFixture {
  @Test
  void instancesStandBelowTheirNameInNaturalOrder() {
    register("orders", "orders-10");
    register("orders", "orders-2");
    register("billing", "b-1");
    register("alone", Map.of("display_name", "Alone", "version", "2.1"));

    open();

    assertThat(titles())
        .containsExactly("alone", "billing", "b-1", "orders", "orders-2", "orders-10");
    assertThat(row("orders").getText()).contains("2 instances");
    assertThat(row("billing").getText()).contains("1 instance");
    assertThat(row("alone").getText()).contains("Alone", "http://alone:8000", "2.1");
    assertThat(browser.find("#count").getText()).isEqualTo("4 services");
    assertThat(browser.find("#freshness").getText()).isEqualTo("Live");
    assertThat(browser.driver().getTitle()).isEqualTo("4 services · " + brand());
    assertThat(icon()).isEqualTo("assets/mark.svg");
  }

  private String brand() {
    return "Rollcall " + server.url().getAuthority();
  }

  @Test
  void whatComesAndGoesIsSeenAndToldWithoutAReload() {
    register("orders", "orders-1");
    open();
    browser.run("window.sameDocument = true");

    register("orders", "orders-2");
    awaitRows(3);
    registry.deregister("orders-1");
    awaitRows(2);
    register("orders", "orders-2"); // again
    browser.await("document.querySelectorAll('#feed .event').length === 3");

    assertThat(titles()).containsExactly("orders", "orders-2");
    assertThat(browser.texts("#feed .event .link"))
        .containsExactly("orders-2", "orders-1", "orders-2");
    assertThat(browser.texts("#feed .event .what"))
        .containsExactly("registered again", "deregistered", "registered");
    assertThat(browser.<Boolean>run("return window.sameDocument")).isTrue();
    assertThat(complaints()).isEmpty();
  }

  @Test
  void aLeaseThatRunsOutInRealTimeTakesItsRowWithIt() {
    // Long enough for a page that is slow to open.
    registry.register(
        Registration.builder("http://h").id("brief").ttl(Duration.ofSeconds(20)).build());
    register("stays", Map.of());
    open();
    assertThat(titles()).containsExactly("brief", "stays");

    awaitRows(1);

    assertThat(titles()).containsExactly("stays");
    browser.await("document.querySelector('#feed .event') !== null");
    assertThat(browser.texts("#feed .what"))
        .singleElement()
        .asString()
        .startsWith("expired: last ping ");
  }

  @Test
  void aSearchFindsIdsNamesUrlsAndInfosAndStandsInTheUrl() {
    register("a", Map.of("display_name", "Climate Store", "tags", List.of("blue", "data")));
    register("b", Map.of("display_name", "Climate Model", "tags", List.of("science")));
    register("orders", "c-1");
    open();

    browser.find("body").sendKeys("/"); // leads to the search
    browser.driver().switchTo().activeElement().sendKeys("CLIMATE data");

    awaitRows(1);
    assertThat(titles()).containsExactly("a");
    assertThat(browser.find("#count").getText()).isEqualTo("1 of 3 services");
    browser.await("location.search === '?q=CLIMATE+data'");

    browser.find("#search").sendKeys("x");
    browser.await("!document.getElementById('no-match').hidden");
    browser.await("location.search === '?q=CLIMATE+datax'");
    browser.driver().navigate().back(); // a search is one step, however many keys it took
    browser.await("location.search === ''");
    awaitRows(4);
    assertThat(browser.find("#search").getDomProperty("value")).isEmpty();

    open("/?q=c-1:8000");
    assertThat(titles()).containsExactly("orders", "c-1");
    browser.find("#search").sendKeys(Keys.ESCAPE);
    awaitRows(4);
  }

  @Test
  void aServiceThatIsOpenStandsInTheUrlAndBackLeavesIt() {
    register(
        "orders-1", Map.of("version", "2.1", "big", new BigDecimal("12345678901234567890.10")));
    register("orders-1x", Map.of());
    open();

    row("orders-1").click();
    browser.await("location.search === '?service=orders-1'");
    awaitText("lease-text", "of 1 h left");
    awaitText("info", "12345678901234567890.10");
    assertThat(browser.find("#panel-title").getText()).isEqualTo("orders-1");
    assertThat(browser.find("#panel-facts a").getDomAttribute("href"))
        .isEqualTo("http://orders-1:8000");
    assertThat(browser.find("#history-note").getText()).contains("since this page was opened");
    assertThat(browser.driver().getTitle()).isEqualTo("orders-1 · 2 services · " + brand());

    row("orders-1x").click();
    browser.driver().navigate().back();
    awaitText("panel-title", "orders-1");
    browser.driver().navigate().back();
    browser.await("document.getElementById('panel').hidden");

    open("/?service=orders-1x"); // as somebody shared it
    assertThat(browser.find("#panel-title").getText()).isEqualTo("orders-1x");
    assertThat(row("orders-1x").getDomAttribute("aria-selected")).isEqualTo("true");
  }

  @Test
  void whoElseHasTheNameStandsThereAndLeadsOn() {
    for (int i = 1; i <= 30; i++) {
      register("orders", "orders-" + i);
    }
    open("/?service=orders-3");
    awaitText("siblings-title", "29 other instances of orders");
    assertThat(browser.texts("#siblings .link"))
        .hasSize(20)
        .startsWith("orders-1", "orders-2", "orders-4");
    assertThat(browser.find("#siblings-all").getText()).isEqualTo("Show all 30");

    browser.find("#siblings .link").click();

    awaitText("panel-title", "orders-1");

    browser.find("#siblings-all").click();

    browser.await("location.search.includes('q=orders')");
  }

  @Test
  void aLinkToAnotherInstanceKeepsTheFocusWhileOthersComeAndGo() {
    register("orders", "orders-1");
    register("orders", "orders-2");
    register("orders", "orders-5");
    open("/?service=orders-1");
    awaitText("siblings-title", "2 other instances");
    browser.run("document.querySelectorAll('#siblings .link')[1].focus()");

    register("orders", "orders-3");
    registry.deregister("orders-2");
    awaitText("siblings-title", "2 other instances");
    browser.await("document.querySelector('#siblings .link').innerText === 'orders-3'");
    assertThat(browser.driver().switchTo().activeElement().getText()).isEqualTo("orders-5");

    registry.deregister("orders-5");
    browser.await("document.activeElement.id === 'panel'");
    browser.run("document.querySelector('#siblings .link').focus()");
    registry.deregister("orders-3");
    browser.await("document.getElementById('siblings-part').hidden");
    browser.await("document.activeElement.id === 'panel'");
  }

  @Test
  void aServiceThatGoesWhileItIsOpenIsSaidToBeGone() {
    register("a", Map.of());
    open("/?service=a");
    awaitText("panel-state", "Registered");

    registry.deregister("a");
    awaitText("panel-state", "deregistered");
    browser.await("document.querySelectorAll('#history .event').length === 1");
    assertThat(browser.find("#deregister").isDisplayed()).isFalse();

    register("a", Map.of());
    awaitText("panel-state", "Registered");
    browser.await("document.querySelectorAll('#history .event').length === 2");

    open("/?service=nobody");
    awaitText("panel-state", "No live service has this id.");
  }

  @Test
  void aLeaseOfWhichNobodyCouldBeAskedIsNotSaidToHaveEnded() {
    registry.register(Registration.builder("http://h").id("a").ttl(Duration.ofSeconds(20)).build());
    open("/?service=a");
    awaitText("lease-text", "of 20 s left");

    server.close();

    browser.await("!document.getElementById('lease-text').innerText.includes(' left,')");
    assertThat(browser.find("#lease-text").getText())
        .isEqualTo("Not known: the registry does not answer.");
  }

  @Test
  void aDeviceWhoseClockIsWrongShowsTheSameLease() {
    browser.runFirst("const real = Date.now; Date.now = () => real() + 7200000;");
    registry.register(Registration.builder("http://h").id("a").ttl(Duration.ofHours(1)).build());

    open("/?service=a");

    awaitText("lease-text", "1 h left");
    assertThat(browser.find("#lease-text").getText()).containsPattern("last ping \\d+ s ago");
    assertThat(browser.find("#panel-state").getText()).matches("Registered for \\d+ s");
  }

  @Test
  void aPageThatIsOpenedInAnOutageSaysSoAndShowsTheListWhenItIsOver() {
    register("a", Map.of());
    store.fail(true);
    browser.driver().get(server.url() + "/");
    browser.await("!document.getElementById('banner').hidden");
    assertThat(browser.find("#empty").isDisplayed()).isFalse();
    assertThat(browser.driver().getTitle()).startsWith("⚠ Out of reach · ");

    store.fail(false);

    awaitRows(1);
    browser.await("document.getElementById('banner').hidden");
    assertThat(browser.find("#freshness").getText()).isEqualTo("Live");
  }

  @Test
  void theHistoryOfAServiceThatNeverRestsIsReadAllTheSame() {
    browser.hurry(Map.of(300, 1_500)); // no pause between two changes is as long
    register("a", Map.of());
    open("/?service=a");
    browser.await("!document.getElementById('deregister').hidden");
    ScheduledExecutorService restless = Executors.newSingleThreadScheduledExecutor();
    try {
      ScheduledFuture<?> changes =
          restless.scheduleAtFixedRate(() -> register("a", Map.of()), 0, 20, MILLISECONDS);

      browser.await("document.querySelector('#history .what')?.textContent === 'registered again'");

      assertThat(changes.isDone()).isFalse();
    } finally {
      restless.shutdownNow();
    }
  }

  @Test
  void aServiceThatIsGoneIsNotAskedForAgainAndAgain() {
    browser.hurry(Map.of(2_000, 20));
    register("a", Map.of());
    open("/?service=a");
    browser.await("!document.getElementById('deregister').hidden");
    registry.deregister("a");
    awaitText("panel-state", "deregistered");
    browser.await("document.querySelectorAll('#history .event').length === 1");
    browser.requested();

    browser.await( // as long as ten requests would take
        "fetch('services/$status').then(() => { window.asked = (window.asked ?? 0) + 1; })"
            + " && window.asked > 10");

    assertThat(browser.requested()).doesNotContain(server.url() + "/services/a");
    register("a", Map.of());
    awaitText("panel-state", "Registered");
    awaitText("lease-text", "of 1 h left");
  }

  @Test
  void whichVersionsTheInstancesOfANameAreOfStandsBesideIt() {
    for (int i = 0; i < 3; i++) {
      registry.register(
          Registration.builder("http://h")
              .name("orders")
              .id("orders-" + i)
              .info(Map.of("version", i == 0 ? "2.10" : "2.9"))
              .build());
    }
    open();
    assertThat(row("orders").getText()).contains("3 instances, 2 × 2.9, 1 × 2.10");

    registry.register(
        Registration.builder("http://h")
            .name("orders")
            .id("orders-0")
            .info(Map.of("version", "2.9"))
            .build());

    browser.await("document.querySelector('.row .more').textContent === '3 instances, 2.9'");
  }

  @Test
  void whatHappensMovesNothingFromUnderThePointer() {
    register("a", Map.of());
    open();
    register("b", Map.of());
    browser.await("document.querySelectorAll('#feed .event').length === 1");
    var first = browser.find("#feed .event .link");
    browser.pointAt(first.getRect().getX() + 2, first.getRect().getY() + 2);

    register("c", Map.of());
    awaitText("feed-note", "1 more event, as soon as you leave the list.");
    assertThat(browser.texts("#feed .link")).containsExactly("b");
    browser.pointAt(0, 0);

    browser.await("document.querySelectorAll('#feed .event').length === 2");
    assertThat(browser.texts("#feed .link")).containsExactly("c", "b");
    assertThat(browser.find("#feed-note").isDisplayed()).isFalse();
  }

  @Test
  void aClickOnWhatHappenedDoesNotHoldUpWhatHappensNext() {
    Point text = openWithOneEvent();

    browser.press(text.getX(), text.getY());
    browser.release(text.getX(), text.getY());
    browser.pointAt(0, 0);

    assertThat(browser.driver().switchTo().activeElement()).isEqualTo(browser.find("#feed"));
    register("c", Map.of());
    browser.await("document.querySelectorAll('#feed .event').length === 2");
  }

  @Test
  void aTapOnWhatHappenedDoesNotHoldUpWhatHappensNext() {
    Point text = openWithOneEvent();

    browser.touch(text.getX(), text.getY());
    browser.endTouch();

    register("c", Map.of());
    browser.await("document.querySelectorAll('#feed .event').length === 2");
  }

  @Test
  void whatHappensMovesNothingFromUnderAFinger() {
    Point text = openWithOneEvent();

    browser.touch(text.getX(), text.getY());
    register("c", Map.of());
    awaitText("feed-note", "1 more event, as soon as you leave the list.");
    assertThat(browser.texts("#feed .link")).containsExactly("b");
    browser.endTouch();

    browser.await("document.querySelectorAll('#feed .event').length === 2");
  }

  @Test
  void whatHappensMovesNothingFromUnderAFingerThatScrolls() {
    Point text = openWithOneEvent();
    for (int i = 0; i < 30; i++) {
      register("more-" + i, Map.of());
    }
    browser.await("document.querySelectorAll('#feed .event').length === 31");

    browser.touch(text.getX(), text.getY());
    browser.moveTouch(text.getX(), text.getY() - 40);
    browser.moveTouch(text.getX(), text.getY() - 80);
    browser.await("document.getElementById('feed').scrollTop > 0");
    register("c", Map.of());
    awaitText("feed-note", "1 more event, as soon as you leave the list.");
    assertThat(browser.texts("#feed .link")).hasSize(31);
    browser.endTouch();

    browser.await("document.querySelectorAll('#feed .event').length === 32");
  }

  @Test
  void whatHappensMovesNothingFromUnderTheKeyboard() {
    openWithOneEvent();
    browser.find("#tree").sendKeys(Keys.TAB);
    var feed = browser.driver().switchTo().activeElement();
    assertThat(feed.getDomAttribute("id")).isEqualTo("feed");

    register("c", Map.of());
    awaitText("feed-note", "1 more event, as soon as you leave the list.");
    feed.sendKeys(Keys.TAB); // to the service in it
    var link = browser.driver().switchTo().activeElement();
    assertThat(link.getText()).isEqualTo("b");
    register("d", Map.of());
    awaitText("feed-note", "2 more events, as soon as you leave the list.");
    link.sendKeys(Keys.TAB);

    browser.await("document.querySelectorAll('#feed .event').length === 3");
  }

  /** Opens the page, lets a service "b" register, and returns where the text of that stands. */
  private Point openWithOneEvent() {
    register("a", Map.of());
    open();
    register("b", Map.of());
    browser.await("document.querySelectorAll('#feed .event').length === 1");
    return middleOf(browser.find("#feed .what"));
  }

  private static Point middleOf(WebElement element) {
    Rectangle place = element.getRect();
    return new Point(place.getX() + place.getWidth() / 2, place.getY() + place.getHeight() / 2);
  }

  @Test
  void whoHearsThePageIsToldWhatASearchFindsAndNotEachChange() {
    register("a", Map.of());
    open();
    browser.run(
        "window.told = []; new MutationObserver(() => told.push("
            + "[...document.querySelectorAll('[role=status], [aria-live]')]"
            + ".map(node => node.textContent).join('')))"
            + ".observe(document.body, {childList: true, characterData: true, subtree: true});");

    register("b", Map.of());
    awaitRows(2);
    assertThat(browser.<List<String>>run("return told")).containsOnly("");

    browser.find("#search").sendKeys("b");
    browser.await("told.at(-1) === '1 of 2 services'");
  }

  @Test
  void theLeaseRunsDownInRealTimeAndAPingFillsIt() {
    // Long enough for a page that is slow to open.
    registry.register(Registration.builder("http://h").id("a").ttl(Duration.ofMinutes(1)).build());
    open("/?service=a");
    browser.run(
        "window.width = () =>"
            + " document.getElementById('lease-fill').getBoundingClientRect().width;");
    awaitText("lease-text", "of 1 min left");

    // Further than it runs down until the page asks again, which it does every 2 s.
    browser.await("width() > 0 && (window.before ??= width()) > width() + 40");
    browser.run("window.low = width()");
    assertThat(registry.ping("a")).isPresent();

    browser.await("width() > low + 10");
  }

  @Test
  void theKeyboardAloneIsEnough() {
    register("orders", "orders-1");
    register("orders", "orders-2");
    register("z", Map.of());
    open();
    browser.find("body").sendKeys("/");
    var search = browser.driver().switchTo().activeElement();
    search.sendKeys(Keys.ARROW_DOWN); // into the list
    var tree = browser.driver().switchTo().activeElement();
    assertThat(tree.getDomAttribute("id")).isEqualTo("tree");

    tree.sendKeys(Keys.ARROW_LEFT); // folds
    awaitRows(2);
    tree.sendKeys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_DOWN);
    awaitRows(4);
    awaitActive("orders-2");
    tree.sendKeys(Keys.ENTER);
    awaitText("panel-title", "orders-2");
    tree.sendKeys(Keys.END);
    awaitActive("z");
    tree.sendKeys(Keys.ESCAPE);
    browser.await("document.getElementById('panel').hidden");
    tree.sendKeys(Keys.HOME);
    awaitActive("orders");
    assertThat(browser.driver().switchTo().activeElement()).isEqualTo(tree);
  }

  @Test
  void theKeyOfTheSearchCanBeSwitchedOffForGood() {
    open();
    browser.find("#shortcut").sendKeys(Keys.SPACE);

    open();

    assertThat(browser.find("#shortcut").isSelected()).isFalse();
    browser.find("body").sendKeys("/");
    assertThat(browser.driver().switchTo().activeElement().getTagName()).isEqualTo("body");
    browser.find("#shortcut").sendKeys(Keys.SPACE, "/"); // a box is no text
    assertThat(browser.driver().switchTo().activeElement().getDomAttribute("id"))
        .isEqualTo("search");
    browser.driver().switchTo().activeElement().sendKeys("/");
    assertThat(browser.find("#search").getDomProperty("value")).isEqualTo("/");
  }

  @Test
  void whoComesToTheListByTheKeyboardIsAtItsFirstRow() {
    register("a", Map.of());
    register("b", Map.of());
    open();

    browser.find("#newest").sendKeys(Keys.TAB);

    awaitActive("a");
  }

  @Test
  void aRowThatGoesLeavesItsPlaceToTheKeyboard() {
    for (String id : List.of("a", "b", "c", "d")) {
      register(id, Map.of());
    }
    open();
    var tree = browser.find("#tree");
    tree.sendKeys(Keys.HOME, Keys.ARROW_DOWN, Keys.ARROW_DOWN);
    awaitActive("c");

    registry.deregister("c");
    awaitRows(3);
    tree.sendKeys(Keys.ARROW_DOWN);
    awaitActive("d");
    registry.deregister("d");
    awaitRows(2);
    tree.sendKeys(Keys.ARROW_UP);
    awaitActive("b");
    registry.deregister("b");
    awaitRows(1);
    register("b", Map.of()); // it restarts

    awaitActive("b");
  }

  @Test
  void aPanelThatIsClosedBesideAListOfNothingLeadsToTheSearch() {
    register("a", Map.of());
    open("/?service=a&q=nothing");

    browser.find("#panel-close").sendKeys(Keys.ENTER);

    assertThat(browser.driver().switchTo().activeElement().getDomAttribute("id"))
        .isEqualTo("search");
  }

  @Test
  void theNewestCanStandFirstAndSayHowOldTheyAre() {
    for (String id : List.of("orders-1", "billing-1", "orders-2")) {
      TimeFixture.awaitNextMillisecond();
      register(id.substring(0, id.indexOf('-')), id);
    }
    open();
    browser.find("#newest").click();
    browser.await("location.search === '?newest='");
    browser.await("document.querySelector('.row .more').textContent === '2 instances'");
    assertThat(titles()).containsExactly("orders", "orders-2", "orders-1", "billing", "billing-1");
    assertThat(row("orders-2").getText()).containsPattern("\\d+ s, http://orders-2:8000");

    TimeFixture.awaitNextMillisecond();
    register("billing", "billing-2");
    awaitRows(6);
    assertThat(titles())
        .containsExactly("billing", "billing-2", "billing-1", "orders", "orders-2", "orders-1");
    browser.await( // the age goes on without a change
        "/^[1-9]\\d* s,/.test([...document.querySelectorAll('.row')].find(row =>"
            + " row.querySelector('.title').textContent === 'billing-2')"
            + ".querySelector('.more').textContent)");

    browser.find("#newest").click();
    browser.await("location.search === ''");
    browser.await("!document.getElementById('tree').innerText.includes(' s, ')");
    assertThat(titles())
        .containsExactly("billing", "billing-1", "billing-2", "orders", "orders-1", "orders-2");
  }

  @Test
  void aRowThatComesBetweenPressAndReleaseDoesNotTakeTheClick() {
    register("a", Map.of());
    TimeFixture.awaitNextMillisecond();
    register("b", Map.of());
    open("/?newest=");
    assertThat(titles()).containsExactly("b", "a");
    Point place = middleOf(row("b"));

    browser.press(place.getX(), place.getY());
    TimeFixture.awaitNextMillisecond();
    register("c", Map.of());
    awaitRows(3);
    assertThat(titles()).containsExactly("c", "b", "a");
    browser.release(place.getX(), place.getY());

    assertThat(opened()).isEqualTo("b");
  }

  @Test
  void aRowThatComesAboveAPressedOneInAScrolledListDoesNotLoseTheClick() {
    registerTens(100);
    open();
    browser.run("document.getElementById('tree').scrollTop = 1000");
    browser.await(
        "[...document.querySelectorAll('.title')].some(e => e.textContent === 'name-3-5')");
    Point place = middleOf(row("name-3-5"));

    browser.press(place.getX(), place.getY());
    register("a-first", Map.of());
    browser.await("document.getElementById('count').textContent === '101 services'");
    browser.release(place.getX(), place.getY());

    assertThat(opened()).isEqualTo("name-3-5");
  }

  @Test
  void aPressThatIsDraggedAwayOpensNothingAndDoesNotTakeALaterClick() {
    register("a", Map.of());
    register("b", Map.of());
    open();
    Point from = middleOf(row("a"));
    Point to = middleOf(row("b"));

    browser.press(from.getX(), from.getY());
    browser.release(to.getX(), to.getY());

    assertThat(opened()).isNull();
    browser.press(from.getX(), from.getY());
    browser.release(1, 1); // outside of the list, which hears of no click
    browser.run("document.querySelectorAll('.row')[1].click()"); // as assistive technology does
    assertThat(opened()).isEqualTo("b");
  }

  /** Returns the service that the page has opened, or null if none. */
  private static String opened() {
    return browser.run("return new URLSearchParams(location.search).get('service')");
  }

  /** Waits until the keyboard is at a row, which the next frame shows. */
  private static void awaitActive(String title) {
    browser.await(
        "document.querySelector('[role=tree]').ariaActiveDescendantElement"
            + "?.querySelector('.title').textContent === '"
            + title
            + "'");
  }

  @Test
  void namesCanStandThereAlone() {
    register("orders", "orders-1");
    register("billing", "billing-1");
    open();
    browser.find("#fold").click();
    awaitRows(2);
    row("orders").click();
    awaitRows(3);
    assertThat(titles()).containsExactly("billing", "orders", "orders-1");

    open("/?names=");
    assertThat(titles()).containsExactly("billing", "orders");
  }

  @Test
  void aStoreThatIsDownLeavesWhatWasKnownAndSaysSinceWhen() {
    register("a", Map.of());
    open();

    store.fail(true);
    browser.await("!document.getElementById('banner').hidden");

    assertThat(titles()).containsExactly("a");
    assertThat(browser.find("#banner").getText())
        .startsWith("The registry could not ask its store since ")
        .contains("no service is gone for it");
    assertThat(browser.find("#freshness").getText()).isEqualTo("Out of date");
    assertThat(browser.driver().getTitle()).startsWith("⚠ Store out of reach · ");
    assertThat(icon()).isEqualTo("assets/mark-alert.svg");
    assertThat(browser.texts("#feed .event")).isEmpty();

    store.fail(false);
    browser.await("document.getElementById('banner').hidden");
    assertThat(browser.find("#freshness").getText()).isEqualTo("Live");
  }

  @Test
  void aServerThatStopsAndStartsAgainIsFollowedFromWhereItIs() {
    register("a", Map.of());
    register("b", Map.of());
    open();
    int port = server.address().getPort();

    server.close();
    browser.await("!document.getElementById('banner').hidden");
    assertThat(browser.find("#banner").getText())
        .startsWith("The registry cannot be reached. Shown is what was known at ");
    assertThat(titles()).containsExactly("a", "b");
    registry.deregister("a");
    register("c", Map.of());
    server = RegistryHttpServer.builder(registry).port(port).start();

    browser.await("document.getElementById('banner').hidden");
    assertThat(titles()).containsExactly("b", "c");
    browser.await("document.querySelectorAll('#feed .event').length === 2");
    assertThat(browser.texts("#feed .link")).containsExactlyInAnyOrder("a", "c");
    assertThat(browser.driver().getTitle()).isEqualTo("2 services · " + brand());
  }

  @Test
  void whatTheServerIsStandsThere() {
    server.close();
    server =
        RegistryHttpServer.builder(RegistryEndpoints.builder(registry).storeKind("memory").build())
            .start();
    open();

    awaitText("server", "memory, up");
    awaitText("server", "1 of 1,000");
  }

  @Test
  void anEmptyRegistrySaysHowToRegister() {
    open();

    assertThat(browser.find("#empty").getText())
        .contains("Nothing is registered", server.url() + "/services/$register");
    assertThat(browser.find("#count").getText()).isEqualTo("0 services");
  }
}
