package dev.rollcall.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
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

    assertThat(outputOf(code.replace(".port(9000)", ".port(0)"))).contains("id=my-service");
  }

  private String outputOf(String code) throws Exception {
    Path source = folder.resolve("Snippet.java");
    Files.writeString(
        source,
        """
        import dev.rollcall.*;
        import dev.rollcall.http.client.*;
        import dev.rollcall.http.server.*;
        public class Snippet implements Runnable {
          @Override public void run() {
            %s
          }
        }
        """
            .formatted(code));
    var errors = new ByteArrayOutputStream();
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                errors,
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                folder.toString(),
                source.toString());
    assertThat(status).as(errors.toString(StandardCharsets.UTF_8)).isZero();
    return run();
  }

  private String run() throws Exception {
    var output = new ByteArrayOutputStream();
    PrintStream out = System.out;
    try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      Object snippet = loader.loadClass("Snippet").getConstructor().newInstance();
      System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
      ((Runnable) snippet).run();
    } finally {
      System.setOut(out);
    }
    return output.toString(StandardCharsets.UTF_8);
  }
}
