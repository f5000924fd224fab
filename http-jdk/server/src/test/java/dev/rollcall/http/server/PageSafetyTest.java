package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** What the page runs, loads and asks for: its own, and no more than it must. */
class PageSafetyTest extends PageFixture {
  private static final String HOSTILE =
      "<script>window.hacked = 1</script><img src=x onerror=hacked=1>";

  @Test
  void whatIsMarkupInAServicesWordsIsOnlyText() {
    register(
        "x",
        Map.of("display_name", HOSTILE, "version", HOSTILE, HOSTILE, Map.of(HOSTILE, HOSTILE)));

    open();
    browser.find(".name").click();

    assertThat(names()).containsExactly(HOSTILE);
    assertThat(browser.texts(".version")).containsExactly(HOSTILE);
    assertThat(browser.texts(".info")).singleElement().asString().contains(HOSTILE);
    assertThat(browser.<Object>run("return window.hacked")).isNull();
    assertThat(browser.<Long>run("return document.scripts.length")).isEqualTo(1);
    assertThat(browser.<Long>run("return document.querySelectorAll('td img').length")).isZero();
    assertThat(browser.console()).isEmpty();
  }

  @Test
  void underABasePathThePageFindsAllThatItNeeds() {
    server.close();
    server = RegistryHttpServer.builder(registry).basePath("/v2").start();
    register("a", Map.of());

    browser.driver().get(server.url().toString()); // without a slash at its end
    browser.await("document.querySelectorAll('.service').length === 1");

    assertThat(browser.driver().getCurrentUrl()).isEqualTo(server.url() + "/");
    assertThat(browser.console()).isEmpty();
  }

  @Test
  void aRegistryThatWantsItsKeyForReadsIsAskedForIt() {
    server.close();
    ServiceKeys keys = ServiceKeys.of(List.of("sesame")).requiredForReads();
    server =
        RegistryHttpServer.builder(RegistryEndpoints.builder(registry).serviceKeys(keys).build())
            .start();
    register("a", Map.of());
    browser.driver().get(server.url() + "/");
    browser.await("!document.getElementById('key-form').hidden");

    browser.find("#key").sendKeys("wrong", Keys.ENTER);
    browser.await("!document.getElementById('banner').hidden");
    browser.find("#key").sendKeys("sesame", Keys.ENTER);
    browser.await("document.querySelectorAll('.service').length === 1");

    assertThat(browser.find("#key-form").isDisplayed()).isFalse();
    assertThat(browser.find("#banner").isDisplayed()).isFalse();
  }

  @Test
  void nothingIsAskedOfAnyOtherHost() {
    register("a", Map.of("display_name", "A", "icon", "http://elsewhere.invalid/x.png"));
    browser.requested();
    open();

    assertThat(browser.requested())
        .contains(server.url() + "/services", server.url() + "/assets/page.css")
        .allMatch(url -> url.startsWith(server.url() + "/"));
    assertThat(browser.console()).isEmpty();
  }

  @Test
  void aPageThatNobodySeesAsksForNothingInRealTime() throws Exception {
    open();
    browser.run(
        "Object.defineProperty(document, 'hidden', { get: () => window.away });"
            + "window.away = true; document.dispatchEvent(new Event('visibilitychange'));");
    browser.await("performance.getEntriesByType('resource').length > 0");
    Thread.sleep(500); // a call that was under way has ended
    browser.requested();

    Thread.sleep(2_500); // longer than the interval of its calls
    assertThat(browser.requested()).isEmpty();

    browser.run("window.away = false; document.dispatchEvent(new Event('visibilitychange'));");
    register("back", Map.of());
    browser.await("document.querySelectorAll('.service').length === 1");
  }
}
