package dev.rollcall.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.app.log.LineLoggerProvider;
import dev.rollcall.http.server.harness.ChildJvm;
import dev.rollcall.http.server.jdk.NodelayServerProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers in fresh JVMs, where the property that the JDK reads once is still unread. */
class NodelayTest {
  private static final String SERVICES = "META-INF/services/";
  private static final String PROVIDER = "com.sun.net.httpserver.spi.HttpServerProvider";

  @TempDir private Path services;

  private String run(String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.add("-Dslf4j.provider=" + LineLoggerProvider.class.getName());
    arguments.add("--add-exports=jdk.httpserver/sun.net.httpserver=ALL-UNNAMED"); // OtherProvider
    arguments.addAll(List.of("-cp", ChildJvm.classPath(services)));
    arguments.add(HostApplication.class.getName());
    try (ChildJvm jvm = ChildJvm.start(arguments)) {
      String said = jvm.readRest();
      assertThat(jvm.exitCode()).as(said).isZero();
      return said;
    }
  }

  private static long millisIn(String said) {
    Matcher millis = Pattern.compile("millis=(\\d+)").matcher(said);
    assertThat(millis.find()).as(said).isTrue();
    return Long.parseLong(millis.group(1));
  }

  @Test
  void aServerMadeBeforeAnyClassOfOursIsTouchedAnswersWithoutDelay() throws Exception {
    String said = run();

    assertThat(said).contains("nodelay=true").doesNotContain("each answer may take 40 ms");
    assertThat(millisIn(said)).isLessThan(30); // with the delay it is 40 at least
  }

  @Test
  void theUsersOwnChoiceStandsWithAWarning() throws Exception {
    String said = run("-Dsun.net.httpserver.nodelay=false");

    assertThat(said).contains("nodelay=false").containsOnlyOnce("each answer may take 40 ms");
  }

  @Test
  void theJdksProviderStandsBehindOursAndNoPropertyIsLeftBehind() throws Exception {
    assertThat(run()).contains("server=sun.net.httpserver.", "provider-property=null");
  }

  @Test
  void anotherProviderOnTheClassPathIsUsedBehindOurs() throws Exception {
    Path file = services.resolve(SERVICES + PROVIDER);
    Files.createDirectories(file.getParent());
    // In one file with ours, so that ours is first whatever the order of the class path.
    Files.writeString(
        file, NodelayServerProvider.class.getName() + "\n" + OtherProvider.class.getName());

    String said = run();

    assertThat(said).contains("other provider: http\n", "other provider: https\n", "nodelay=true");
  }

  @Test
  void aProviderThatTheUserNamesIsUsedAlone() throws Exception {
    String said =
        run("-Dcom.sun.net.httpserver.HttpServerProvider=" + OtherProvider.class.getName());

    assertThat(said)
        .contains("other provider: http\n", "provider-property=" + OtherProvider.class.getName());
  }

  @Test
  void oursMayBeTheOneThatTheUserNames() throws Exception {
    String ours = NodelayServerProvider.class.getName();

    String said = run("-Dcom.sun.net.httpserver.HttpServerProvider=" + ours);

    assertThat(said).contains("nodelay=true", "provider-property=" + ours);
  }
}
