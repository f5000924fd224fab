package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** A browser's own client of event streams. */
class EventSourceTest extends PageFixture {
  @Test
  void aBrowsersEventSourceIsToldOfChanges() {
    register("a", Map.of());
    open();
    browser.run(
        "window.seen = [];"
            + "const source = new EventSource('/services');"
            + "for (const kind of ['snapshot', 'put', 'gone', 'sync']) {"
            + "  source.addEventListener(kind,"
            + "    event => seen.push(kind + ' ' + (JSON.parse(event.data).id ?? '')));"
            + "}");
    browser.await("seen.includes('snapshot ') && seen.includes('sync ')");

    register("b", Map.of());
    browser.await("seen.includes('put b')");
    registry.deregister("a");
    browser.await("seen.includes('gone a')");

    assertThat(complaints()).isEmpty();
  }
}
