package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** How a person deregisters a service, and what its key is asked for. */
class PageDeregisterTest extends PageFixture {
  private void serveWith(UnaryOperator<RegistryEndpoints.Builder> settings) {
    server.close();
    ServiceKeys keys = ServiceKeys.of(List.of("sesame"));
    RegistryEndpoints.Builder endpoints = RegistryEndpoints.builder(registry).serviceKeys(keys);
    server = RegistryHttpServer.builder(settings.apply(endpoints).build()).start();
  }

  private static void ask(String id) {
    browser.await("!document.getElementById('deregister').hidden");
    browser.find("#deregister").click();
    assertThat(browser.find("#deregister-title").getText()).isEqualTo("Deregister " + id + "?");
  }

  private static void confirm() {
    browser.find("#deregister-confirm").click();
  }

  @Test
  void withoutAKeyItIsConfirmedOnce() {
    register("a", Map.of());
    open("/?service=a");

    ask("a");
    browser.driver().switchTo().activeElement().sendKeys(Keys.ESCAPE);
    browser.await("!document.querySelector('dialog').open");
    assertThat(registry.find("a")).isPresent();
    assertThat(browser.find("#panel").isDisplayed()).isTrue(); // Escape closed the dialog alone

    ask("a");
    confirm();
    browser.await("!document.querySelector('dialog').open");
    awaitText("panel-state", "deregistered");
    assertThat(registry.find("a")).isEmpty();
  }

  @Test
  void aWrongKeyIsRefusedAndTheRightOneIsRememberedForTheTab() {
    serveWith(UnaryOperator.identity());
    register("a", Map.of());
    register("b", Map.of());
    open("/?service=a");

    ask("a");
    confirm();
    awaitText("deregister-problem", "wants its service key");
    browser.find("#deregister-key").sendKeys("wrong", Keys.ENTER);
    awaitText("deregister-problem", "does not take this key");
    assertThat(registry.find("a")).isPresent();
    browser.find("#deregister-key").sendKeys("sesame", Keys.ENTER);
    browser.await("!document.querySelector('dialog').open");
    assertThat(registry.find("a")).isEmpty();

    open("/?service=b"); // another page of the same tab
    ask("b");
    confirm();
    browser.await("!document.querySelector('dialog').open");
    assertThat(registry.find("b")).isEmpty();
  }

  @Test
  void aServiceThatIsGoneAlreadyIsNoError() {
    register("a", Map.of());
    open("/?service=a");
    ask("a");
    registry.deregister("a");

    confirm();

    browser.await("!document.querySelector('dialog').open");
    awaitText("panel-state", "deregistered");
  }

  @Test
  void anOutageIsSaidInTheDialog() {
    register("a", Map.of());
    open("/?service=a");
    ask("a");
    store.fail(true);

    confirm();

    awaitText("deregister-problem", "store");
    store.fail(false);
    assertThat(registry.find("a")).isPresent();
  }

  @Test
  void aRegistryThatWantsItsKeyForReadsIsAskedForItOnceATab() {
    serveWith(RegistryEndpoints.Builder::keyForReads);
    register("a", Map.of());
    browser.driver().get(server.url() + "/");
    browser.await("!document.getElementById('key-form').hidden");

    browser.find("#key").sendKeys("wrong", Keys.ENTER);
    browser.await("document.querySelector('#key-form label').textContent.includes('not take')");
    browser.find("#key").sendKeys("sesame", Keys.ENTER);
    awaitRows(1);
    browser.await("document.getElementById('key-form').hidden");
    awaitText("server", "of 1,000");

    open();
    assertThat(titles()).containsExactly("a");
    assertThat(browser.find("#key-form").isDisplayed()).isFalse();
  }
}
