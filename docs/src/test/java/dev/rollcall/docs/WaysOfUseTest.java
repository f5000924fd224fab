package dev.rollcall.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of the guide to the ways of use, as they stand there. */
class WaysOfUseTest {
  private static final Path GUIDE = Path.of("../docs/ways-of-use.md");

  @TempDir private Path folder;

  private static Program program(String className) throws Exception {
    Pattern fence =
        Pattern.compile(
            "```java\n((?:(?!```).)*public final class " + className + " .*?)```", Pattern.DOTALL);
    Matcher code = fence.matcher(Files.readString(GUIDE));
    assertThat(code.find()).isTrue();
    return new Program(className, code.group(1));
  }

  @Test
  void inOneProcess() throws Exception {
    assertThat(program("InOneProcess").output(folder).lines())
        .containsExactly("http://127.0.0.1:8000", "0 services are left");
  }

  @Test
  void inYourApplication() throws Exception {
    assertThat(program("InYourApplication").output(folder).lines())
        .containsExactly("The application sees http://my-service:8000");
  }

  @Test
  void withTheServer() throws Exception {
    try (ServiceRegistry registry = ServiceRegistry.open("memory:");
        RegistryHttpServer server = RegistryHttpServer.builder(registry).start()) {
      String url = server.url().toString();

      assertThat(program("WithTheServer").output(folder, url).lines()).containsExactly("Serving");
      assertThat(registry.list()).isEmpty();
    }
  }
}
