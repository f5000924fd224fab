package dev.rollcall.http.server.jdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * A server that has nothing to do for longer than the JDK keeps idle carriers of virtual threads
 * has one nevertheless, so that a system without threads to spare cannot strand its requests.
 */
class IdleCarrierTest {
  /** The JDK's 30 s, and some for the last of several to end. */
  private static final int SECONDS = 40;

  @Test
  @EnabledForJreRange(min = JRE.JAVA_24)
  void anIdleServerKeepsAThreadForItsRequests() throws Exception {
    try (var store = MemoryTtlStore.builder().build();
        var server = RegistryHttpServer.builder(ServiceRegistry.over(store)).start()) {
      var unused = new CountDownLatch(1).await(SECONDS, TimeUnit.SECONDS);

      assertThat(Thread.getAllStackTraces().keySet())
          .as("threads beside the server at %s", server.address())
          .anyMatch(thread -> thread.getName().startsWith("ForkJoinPool-1-worker-"));
    }
  }
}
