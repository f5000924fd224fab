package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** What the page shows, as a person sees it. */
class PageTest extends PageFixture {
  @Test
  void eachServiceStandsThereWithWhatIsKnownOfIt() {
    register("b", Map.of("display_name", "Beta", "version", "2.1"));
    register("a", Map.of());

    open();

    assertThat(names()).containsExactly("a", "Beta");
    assertThat(browser.texts(".id")).containsExactly("", "b");
    assertThat(browser.texts(".url")).containsExactly("http://a:8000", "http://b:8000");
    assertThat(browser.find(".url").getDomAttribute("href")).isEqualTo("http://a:8000");
    assertThat(browser.texts(".version")).containsExactly("", "2.1");
    assertThat(browser.texts(".left")).allMatch(text -> text.matches("(2\\d|30) s of 30 s"));
    assertThat(browser.find("#count").getText()).isEqualTo("2 services");
    assertThat(browser.find("#freshness").getText()).isEqualTo("Live");
  }

  @Test
  void aNewServiceComesAndOneThatLeftGoesWithoutAReload() {
    register("a", Map.of());
    open();
    browser.run("window.sameDocument = true");

    register("b", Map.of());
    browser.await("document.querySelectorAll('.service').length === 2");
    registry.deregister("a");
    browser.await("document.querySelectorAll('.service').length === 1");

    assertThat(names()).containsExactly("b");
    assertThat(browser.<Boolean>run("return window.sameDocument")).isTrue();
  }

  @Test
  void aLeaseThatRunsOutInRealTimeTakesItsRowWithIt() {
    // Long enough for a page that is slow to open.
    registry.register(
        Registration.builder("http://h").id("brief").ttl(Duration.ofSeconds(8)).build());
    register("stays", Map.of());
    open();
    assertThat(names()).containsExactly("brief", "stays");

    browser.await("document.querySelectorAll('.service').length === 1");

    assertThat(names()).containsExactly("stays");
    assertThat(browser.console()).isEmpty();
  }

  @Test
  void theBarShrinksAsTheLeaseRunsInRealTime() {
    register("a", Map.of());
    open();
    browser.run(
        "window.width = () => document.querySelector('.fill').getBoundingClientRect().width;"
            + "window.seconds = () => parseInt(document.querySelector('.left').textContent);"
            + "window.before = { width: width(), seconds: seconds() };");

    browser.await("seconds() <= before.seconds - 2");

    assertThat(browser.<Boolean>run("return 0 < width() && width() < before.width")).isTrue();
  }

  @Test
  void theFilterKeepsWhatHoldsEachOfItsWords() {
    register("a", Map.of("display_name", "Climate Store", "team", "data"));
    register("b", Map.of("display_name", "Climate Model", "team", "science"));
    register("c", Map.of("display_name", "Alerts", "team", "data"));
    open();

    browser.find("body").sendKeys("/"); // leads to the filter
    browser.driver().switchTo().activeElement().sendKeys("CLIMATE data");

    assertThat(names()).containsExactly("Climate Store");
    assertThat(browser.find("#count").getText()).isEqualTo("1 of 3 services");

    browser.find("#filter").sendKeys("x");
    assertThat(browser.find("#no-match").isDisplayed()).isTrue();

    browser.find("#filter").sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.DELETE);
    assertThat(names()).hasSize(3);
  }

  @Test
  void aColumnsHeadSortsByItAndBackwardsTheSecondTime() {
    register("a", Map.of("display_name", "Zoo", "version", "1.10"));
    register("b", Map.of("display_name", "Ant", "version", "1.9"));
    open();
    assertThat(names()).containsExactly("Ant", "Zoo");

    browser.find("[data-sort=version]").click();
    assertThat(names()).containsExactly("Ant", "Zoo"); // 1.9 comes before 1.10
    browser.find("[data-sort=version]").click();

    assertThat(names()).containsExactly("Zoo", "Ant");
    assertThat(browser.find("th:has([data-sort=version])").getDomAttribute("aria-sort"))
        .isEqualTo("descending");
    assertThat(browser.texts("[aria-sort]")).hasSize(1);
  }

  @Test
  void rowsOfOneNameStandInTheOrderOfTheirIdsWhicheverCameFirst() {
    register("s-9", Map.of("display_name", "Same"));
    register("s-a", Map.of("display_name", "SAME"));
    register("S-A", Map.of("display_name", "same"));
    open();
    assertThat(browser.texts(".id")).containsExactly("s-9", "S-A", "s-a");

    register("s-10", Map.of("display_name", "Same"));
    register("s-1", Map.of("display_name", "Same"));
    browser.await("document.querySelectorAll('.service').length === 5");

    assertThat(browser.texts(".id")).containsExactly("s-1", "s-9", "s-10", "S-A", "s-a");
    browser.find("[data-sort=version]").click(); // none has one
    browser.find("[data-sort=version]").click();
    assertThat(browser.texts(".id")).containsExactly("s-1", "s-9", "s-10", "S-A", "s-a");
  }

  @Test
  void aStoreThatIsDownLeavesTheLastListAndSaysSo() {
    register("a", Map.of());
    open();

    storeIsDown.set(true);
    browser.await("!document.getElementById('banner').hidden");

    assertThat(names()).containsExactly("a");
    assertThat(browser.find("#banner").getText())
        .startsWith("The registry could not ask its store")
        .contains("No service is gone for it. Shown is the list of");
    assertThat(browser.find("#freshness").getText()).startsWith("As of ");

    storeIsDown.set(false);
    browser.await("document.getElementById('banner').hidden");
    assertThat(browser.find("#freshness").getText()).isEqualTo("Live");
  }

  @Test
  void aStoreThatTakesRealTimeToFailIsAskedAgainAsSoonAsAnother() throws Exception {
    register("a", Map.of());
    open();
    failing = new CountDownLatch(1);
    mayFail = new CountDownLatch(1);
    storeIsDown.set(true);
    failing.await();
    Thread.sleep(2_000); // after a list that took so long the page would rest

    mayFail.countDown();
    browser.await("!document.getElementById('banner').hidden");
    storeIsDown.set(false);
    long failed = System.nanoTime();
    browser.await("document.getElementById('banner').hidden");

    assertThat(Duration.ofNanos(System.nanoTime() - failed)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void anEmptyRegistrySaysHowToRegister() {
    open();

    assertThat(browser.find("#empty").getText())
        .contains("Nothing is registered", server.url() + "/services/$register");
    assertThat(browser.find("#count").getText()).isEqualTo("0 services");
  }
}
