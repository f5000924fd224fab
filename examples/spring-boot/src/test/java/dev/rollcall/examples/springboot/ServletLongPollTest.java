package dev.rollcall.examples.springboot;

import dev.rollcall.http.server.contract.LongPollContract;
import dev.rollcall.http.server.harness.ServerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

class ServletLongPollTest extends LongPollContract {
  private @Nullable TomcatServers servers;

  /** The contract's own fields may need them before those of this class are set. */
  @Override
  protected ServerFactory servers() {
    TomcatServers made = servers == null ? new TomcatServers() : servers;
    servers = made;
    return made;
  }

  @AfterEach
  void assertQuiet() {
    if (servers != null) {
      servers.assertQuiet();
    }
  }
}
