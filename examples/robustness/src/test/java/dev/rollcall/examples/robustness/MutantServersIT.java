package dev.rollcall.examples.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The whole of it on two bundled servers whose store over Valkey has a fault on purpose. */
class MutantServersIT {
  private static String found(String store) throws Exception {
    Options options = Servers.options(store, "240s", "--class-path", Servers.testClasses());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    boolean isClean =
        new Run(options, new PrintStream(out, true, StandardCharsets.UTF_8)).isClean();
    String said = out.toString(StandardCharsets.UTF_8);
    assertThat(isClean).as(said).isFalse();
    return said;
  }

  @Test
  void repliesThatAreLeftUnreadAreFound() throws Exception {
    assertThat(found(MutantProvider.UNREAD_REPLIES))
        .containsPattern("gone before the end of its lease|revived|without a registration");
  }

  @Test
  void aPingThatReadsAndThenWritesIsFound() throws Exception {
    assertThat(found(MutantProvider.READ_THEN_WRITE))
        .containsPattern("revived|superseded lease|deregistered twice|without a reg|registered_at");
  }
}
