package dev.rollcall.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.app.log.LineLoggerProvider;
import dev.rollcall.http.server.harness.ChildJvm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The JDK's limits in fresh JVMs, where they are still unread. */
class JdkServerLimitsTest {
  private static String run(List<String> options, String... args) throws Exception {
    List<String> arguments = new ArrayList<>(options);
    arguments.add("-Dslf4j.provider=" + LineLoggerProvider.class.getName());
    arguments.addAll(List.of("-cp", ChildJvm.classPath(), LimitedApplication.class.getName()));
    arguments.addAll(List.of(args));
    try (ChildJvm jvm = ChildJvm.start(arguments)) {
      String said = jvm.readRest();
      assertThat(jvm.exitCode()).as(said).isZero();
      return said;
    }
  }

  @Test
  void anApplicationThatAsksForThemHasLimitsThatTheJdkKeeps() throws Exception {
    assertThat(run(List.of()))
        .contains(
            "sun.net.httpserver.maxReqTime=20",
            "sun.net.httpserver.maxRspTime=60",
            "sun.net.httpserver.maxReqHeaders=100",
            "sun.net.httpserver.maxReqHeaderSize=32768",
            "sun.net.httpserver.maxIdleConnections=8750",
            "sun.net.httpserver.idleInterval=90",
            "jdk.httpserver.maxConnections=10000",
            "long header: none")
        .doesNotContain("level=warn");
  }

  @Test
  void aServerAloneLeavesTheLimitsToTheApplication() throws Exception {
    assertThat(run(List.of(), "none"))
        .contains("sun.net.httpserver.nodelay=true", "long header: 200")
        .doesNotContain("maxReqTime", "maxConnections", "level=warn");
  }

  @Test
  void aSmallHeapHasFewerConnectionsAndShorterHeads() throws Exception {
    assertThat(run(List.of("-Xmx64m", "-XX:+UseSerialGC")))
        .containsPattern("jdk.httpserver.maxConnections=6\\d\\d\n")
        .containsPattern("sun.net.httpserver.maxIdleConnections=5\\d\\d\n")
        .contains("sun.net.httpserver.maxReqHeaderSize=8192");
  }

  @Test
  void whatTheUserHasSetStands() throws Exception {
    assertThat(
            run(
                List.of(
                    "-Dsun.net.httpserver.maxReqTime=7",
                    "-Dsun.net.httpserver.maxReqHeaderSize=100000")))
        .contains(
            "sun.net.httpserver.maxReqTime=7",
            "sun.net.httpserver.maxReqHeaderSize=100000",
            "jdk.httpserver.maxConnections=10000",
            "long header: 200")
        .doesNotContain("level=warn");
  }

  @Test
  void aServerThatCameFirstIsWarnedOfOnce() throws Exception {
    assertThat(run(List.of(), "first"))
        .containsOnlyOnce("An HttpServer was created before these limits were set")
        .contains("sun.net.httpserver.maxReqTime")
        .contains("long header: 200");
  }
}
