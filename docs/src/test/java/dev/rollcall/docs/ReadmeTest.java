package dev.rollcall.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows as code compiles and runs. */
class ReadmeTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path folder;

  @Test
  void theSnippetRegistersAService() throws Exception {
    Matcher snippet = JAVA.matcher(Files.readString(Path.of("../README.md")));
    assertThat(snippet.find()).isTrue();
    String code = snippet.group(1);
    assertThat(code).contains(".port(9000)");

    assertThat(program(code.replace(".port(9000)", ".port(0)")).output(folder))
        .contains("id=my-service");
  }

  private static Program program(String statements) {
    return new Program(
        "Snippet",
        """
        import dev.rollcall.*;
        import dev.rollcall.http.client.*;
        import dev.rollcall.http.server.*;
        import dev.rollcall.http.server.jdk.*;
        import dev.rollcall.registrar.*;
        public class Snippet {
          public static void main(String[] args) {
            %s
          }
        }
        """
            .formatted(statements));
  }
}
