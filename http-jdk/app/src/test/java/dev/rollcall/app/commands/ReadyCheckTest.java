package dev.rollcall.app.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever keeps a service from being asked, it is asked again. */
class ReadyCheckTest {
  private final ProxySelector usual = ProxySelector.getDefault();
  private final ReadyCheck check = new ReadyCheck(URI.create("http://127.0.0.1:1/health"));

  @AfterEach
  void restore() {
    ProxySelector.setDefault(usual);
  }

  private static void beforeEachConnection(Supplier<List<Proxy>> proxies) {
    ProxySelector.setDefault(
        new ProxySelector() {
          @Override
          public List<Proxy> select(URI uri) {
            return proxies.get();
          }

          @Override
          public void connectFailed(URI uri, SocketAddress address, IOException e) {}
        });
  }

  private void assertThatTheReasonHas(String text) {
    assertThat(check.problem()).hasValueSatisfying(why -> assertThat(why).contains(text));
  }

  @Test
  void aServiceThatRefusesConnectionsIsNotReady() {
    assertThatTheReasonHas("refused");
  }

  @Test
  void aLackOfMemoryIsAReasonToAskAgain() {
    beforeEachConnection(
        () -> {
          throw new OutOfMemoryError("thrown by a test");
        });

    assertThatTheReasonHas("OutOfMemoryError: thrown by a test");
  }

  @Test
  void whatTheHostsProxySelectorThrowsIsAReasonToAskAgain() {
    beforeEachConnection(
        () -> {
          throw new IllegalStateException("thrown by a test");
        });

    assertThatTheReasonHas("IllegalStateException: thrown by a test");
  }

  @Test
  void whatCannotBeAskedIsRefused() {
    for (String url : List.of("ftp://h/", "/health", "http:///", "http://h:65536/")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new ReadyCheck(URI.create(url)))
          .withMessageContaining(url);
    }
  }
}
