package dev.rollcall.docs;

import static dev.rollcall.docs.UsersMaven.ROOT;
import static dev.rollcall.docs.UsersMaven.VERSION;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's first program, with the dependencies that stand before it: built by Maven in a
 * project of its own, and run until it is told to stop. Only the port is another.
 */
@Timeout(300)
class FirstProgramIT {
  private static final Pattern MAVEN = block("xml");
  private static final Pattern GRADLE = block("kotlin");
  private static final Pattern PROGRAM = block("java");
  private static final Pattern COORDINATES =
      Pattern.compile(
          "<groupId>(.*)</groupId>\\s*<artifactId>(.*)</artifactId>\\s*<version>(.*)</version>");
  private static final Pattern NOTATION = Pattern.compile("\"([\\w.-]+:[\\w.-]+:[\\w.-]+)\"");
  private static final Pattern SERVED_AT = Pattern.compile("The services are at (\\S+),.*");
  private static final String CLASS_PATH =
      "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:build-classpath";

  @TempDir private Path project;

  private static Pattern block(String language) {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL);
  }

  /** Returns the README's first block of code in a language. */
  private static String first(Pattern block) throws IOException {
    Matcher code = block.matcher(Files.readString(ROOT.resolve("README.md")));
    assertThat(code.find()).isTrue();
    return code.group(1);
  }

  @Test
  void itStaysUpWithARegisteredServiceUntilItIsStopped() throws Exception {
    String classPath = built();

    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                project.resolve("target/classes") + File.pathSeparator + classPath,
                "FirstProgram")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader out = program.inputReader(UTF_8)) {
      URI url = URI.create(servedAt(out));

      assertThat(get(url.resolve("/services"))).contains("\"id\":\"orders-1\"");
      assertThat(get(url)).contains("<title>Rollcall");
      assertThat(program.isAlive()).isTrue();
      program.toHandle().destroy(); // SIGTERM, as Ctrl-C does
      assertThat(out.lines()).anyMatch(line -> line.contains("service.deregistered"));
      assertThat(program.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      program.destroyForcibly();
    }
  }

  /** Reads what the program says until it has named its address, and returns that. */
  private static String servedAt(BufferedReader out) throws IOException {
    List<String> said = new ArrayList<>();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher served = SERVED_AT.matcher(line);
      if (served.matches()) {
        assertThat(said).noneMatch(earlier -> earlier.contains("SLF4J"));
        return served.group(1);
      }
      said.add(line);
    }
    throw new AssertionError("it ended before it served: " + said);
  }

  private static String get(URI uri) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
        .body();
  }

  @Test
  void gradleIsToldOfTheSameDependencies() throws IOException {
    List<String> ofMaven =
        COORDINATES
            .matcher(first(MAVEN))
            .results()
            .map(found -> found.group(1) + ":" + found.group(2) + ":" + found.group(3))
            .toList();

    assertThat(ofMaven).contains("dev.rollcall:rollcall-http-jdk:" + VERSION);
    assertThat(NOTATION.matcher(first(GRADLE)).results().map(found -> found.group(1)))
        .containsExactlyElementsOf(ofMaven);
  }

  /** Builds the project, and returns the class path of its dependencies. */
  private String built() throws IOException {
    UsersMaven.install();
    Files.writeString(
        project.resolve("pom.xml"),
        UsersMaven.withRepositories(
            """
            <project xmlns="http://maven.apache.org/POM/4.0.0">
              <modelVersion>4.0.0</modelVersion>
              <groupId>org.example</groupId>
              <artifactId>first-program</artifactId>
              <version>1</version>
              %s
            </project>
            """
                .formatted(first(MAVEN))));
    Path sources = Files.createDirectories(project.resolve("src/main/java"));
    String program = first(PROGRAM);
    assertThat(program).contains(".port(9000)");
    Files.writeString(
        sources.resolve("FirstProgram.java"), program.replace(".port(9000)", ".port(0)"));

    String said =
        UsersMaven.run(project, "compile", CLASS_PATH, "-Dmdep.outputFile=target/classpath.txt");

    assertThat(said).contains("BUILD SUCCESS");
    return Files.readString(project.resolve("target/classpath.txt")).strip();
  }
}
