package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.interactions.Actions;

/** How a person deregisters a service, and what its key is asked for. */
class PageDeregisterTest extends PageFixture {
  private void serveWithKeys(UnaryOperator<RegistryEndpoints.Builder> settings) {
    ServiceKeys keys = ServiceKeys.of(List.of("sesame"));
    serveWith(endpoints -> settings.apply(endpoints.serviceKeys(keys)));
  }

  private static void ask(String id) {
    browser.await("!document.getElementById('deregister').hidden");
    browser.find("#deregister").click();
    assertThat(browser.find("#deregister-title").getText()).isEqualTo("Deregister " + id + "?");
  }

  private static void confirm() {
    browser.find("#deregister-confirm").click();
  }

  /** Presses it whatever has the focus, such as a button that is disabled meanwhile. */
  private void pressEscape() {
    new Actions(browser.driver()).sendKeys(Keys.ESCAPE).perform();
  }

  @Test
  void withoutAKeyItIsConfirmedOnce() {
    register("a", Map.of());
    open("/?service=a");

    ask("a");
    pressEscape();
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
    serveWithKeys(UnaryOperator.identity());
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
    serveWithKeys(RegistryEndpoints.Builder::keyForReads);
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

  @Test
  void aKeyThatMayNotIsKeptAndAnotherOneIsAskedFor(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("keys");
    Files.writeString(file, "reader read-only\nother services=b\nsesame\n");
    serveWith(endpoints -> endpoints.serviceKeys(ServiceKeys.inFile(file)).keyForReads());
    register("a", Map.of());
    browser.driver().get(server.url() + "/?service=a");
    browser.await("!document.getElementById('key-form').hidden");
    browser.find("#key").sendKeys("reader", Keys.ENTER);

    ask("a");
    confirm();
    awaitText("deregister-problem", "may only read");
    browser.find("#deregister-key").sendKeys("other", Keys.ENTER);
    awaitText("deregister-problem", "is for services whose id and name match b");
    browser.find("#deregister-key").sendKeys("wrong", Keys.ENTER);
    awaitText("deregister-problem", "does not take this key");
    assertThat(browser.<String>run("return sessionStorage.getItem('rollcall-key')"))
        .isEqualTo("reader");
    browser.find("#deregister-key").sendKeys("sesame", Keys.ENTER);

    browser.await("!document.querySelector('dialog').open");
    awaitText("panel-state", "deregistered");
    assertThat(registry.find("a")).isEmpty();
  }

  @Test
  void anotherRegistrationThanWasShownIsNotRemovedUnasked() {
    register("a", Map.of());
    open("/?service=a");
    ask("a");
    registry.register(Registration.builder("http://other:1").id("a").build());
    browser.await("document.querySelector('.row .more').textContent === 'http://other:1'");

    confirm();

    awaitText("deregister-problem", "has registered again");
    assertThat(browser.find("#deregister-url").getText()).isEqualTo("http://other:1");
    assertThat(registry.find("a")).isPresent();
    confirm();
    browser.await("!document.querySelector('dialog').open");
    assertThat(registry.find("a")).isEmpty();
  }

  /** As behind a proxy that holds streams up: the list is half a minute old, and the panel, too. */
  @Test
  void aRegistrationOfWhichNothingWasToldYetIsNotRemovedUnasked() {
    browser.hurry(Map.of(2_000, 3_600_000));
    browser.runFirst(
        "{ const real = fetch; window.fetch = (path, options) => real(path, path === 'services'"
            + " ? {...options, headers: {Accept: 'application/json'}} : options); }");
    register("a", Map.of());
    open("/?service=a");
    ask("a");
    registry.register(Registration.builder("http://other:1").id("a").build());

    confirm();

    awaitText("deregister-problem", "has registered again");
    assertThat(browser.find("#deregister-url").getText()).isEqualTo("http://other:1");
    assertThat(registry.find("a")).isPresent();
    confirm();
    browser.await("!document.querySelector('dialog').open");
    assertThat(registry.find("a")).isEmpty();
  }

  @Test
  void anotherRegistrationIsNotRemovedUnaskedWhereTheClockWasSetBack() {
    register("a", Map.of());
    open("/?service=a");
    ask("a");
    browser.run(
        "const real = fetch; window.fetch = async (path, options) => {"
            + "  const answer = await real(path, options);"
            + "  if (path !== 'services/a' || options?.method === 'DELETE') { return answer; }"
            + "  const service = await answer.json();"
            + "  service.url = 'http://other:1';"
            + "  service.last_updated = '2020-01-01T00:00:00.000Z';"
            + "  return new Response(JSON.stringify(service)); };");

    confirm();

    awaitText("deregister-problem", "has registered again");
    assertThat(browser.find("#deregister-url").getText()).isEqualTo("http://other:1");
    assertThat(registry.find("a")).isPresent();
  }

  @Test
  void aDialogThatIsClosedWhileTheRegistryIsAskedRemovesNothing() {
    register("a", Map.of());
    open("/?service=a");
    browser.run(
        "const real = fetch; const held = new Promise(resolve => { window.release = resolve; });"
            + "window.sent = []; window.fetch = async (path, options) => {"
            + "  sent.push(options.method);"
            + "  if (path === 'services/a') { await held; } return real(path, options); };");
    ask("a");
    confirm();
    pressEscape();
    browser.await("!document.querySelector('dialog').open");

    browser.run("release()");

    browser.await("!document.getElementById('deregister-confirm').disabled");
    assertThat(browser.<List<String>>run("return sent")).doesNotContain("DELETE");
    assertThat(registry.find("a")).isPresent();
  }

  @Test
  void anAnswerToADialogThatWasClosedDoesNotCloseTheNext() {
    register("a", Map.of());
    register("b", Map.of());
    open("/?service=a");
    browser.run(
        "const real = fetch; const held = new Promise(resolve => { window.release = resolve; });"
            + "window.fetch = async (path, options) => { const answer = await real(path, options);"
            + "  if (options.method === 'DELETE') { await held; } return answer; };");
    ask("a");
    confirm();
    awaitText("panel-state", "deregistered");
    pressEscape();
    browser.await("!document.querySelector('dialog').open");
    row("b").click();
    ask("b");

    browser.run("release()");

    browser.await("!document.getElementById('deregister-confirm').disabled");
    assertThat(browser.find("#deregister-title").isDisplayed()).isTrue();
    assertThat(browser.find("#deregister-title").getText()).isEqualTo("Deregister b?");
  }

  @Test
  void theFocusStaysInThePanelWhenItsButtonGoes() {
    register("a", Map.of());
    open("/?service=a");
    ask("a");
    confirm();
    awaitText("panel-state", "deregistered");

    browser.await("document.activeElement === document.getElementById('panel')");
  }

  @Test
  void aKeyThatCannotBeSentIsSaidToBeNone() {
    serveWithKeys(RegistryEndpoints.Builder::keyForReads);
    browser.driver().get(server.url() + "/");
    browser.await("!document.getElementById('key-form').hidden");

    browser.find("#key").sendKeys("☃", Keys.ENTER);

    awaitText("key-form", "A key has no such characters.");
  }

  @Test
  void aPageWhoseKeyIsNoLongerTakenSaysSoAndAsksNoMore() {
    serveWith(endpoints -> endpoints.serviceKeys(ServiceKeys.of(List.of("old"))).keyForReads());
    register("a", Map.of());
    browser.driver().get(server.url() + "/?service=a");
    browser.await("!document.getElementById('key-form').hidden");
    browser.find("#key").sendKeys("old", Keys.ENTER);
    awaitRows(1);
    awaitText("lease-text", "of 1 h left");
    int port = server.address().getPort();
    server.close();
    server =
        RegistryHttpServer.builder(
                RegistryEndpoints.builder(registry)
                    .serviceKeys(ServiceKeys.of(List.of("new")))
                    .keyForReads()
                    .build())
            .port(port)
            .start();
    awaitText("freshness", "Locked");
    browser.await("document.title.startsWith('⚠ Locked · ')");
    browser.requested();

    browser.run("document.dispatchEvent(new Event('visibilitychange'))"); // asks what the server is
    browser.await(
        "fetch('health').then(() => { window.asked = (window.asked ?? 0) + 1; })"
            + " && window.asked > 10");

    assertThat(browser.find("#freshness").getText()).isEqualTo("Locked");
    assertThat(browser.requested())
        .doesNotContain(server.url() + "/services/$status")
        .filteredOn((server.url() + "/services/a")::equals)
        .hasSizeLessThan(2); // the one that finds out
    browser.find("#key").sendKeys("new", Keys.ENTER);
    browser.await("document.getElementById('freshness').innerText === 'Live'");
  }
}
