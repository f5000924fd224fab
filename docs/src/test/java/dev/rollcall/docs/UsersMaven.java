package dev.rollcall.docs;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Maven as a user of Rollcall runs it: the artifacts that the package phase has made are installed
 * in a local repository of the tests' own.
 *
 * <p>All else comes from the local repository of the build around it, to which nothing is written,
 * or, unless that build is offline, from where Maven gets it.
 */
final class UsersMaven {
  static final Path ROOT = Path.of("..");
  static final String VERSION = System.getProperty("rollcall.version");

  private static final Path REPOSITORY = Path.of("target/users-repository");

  /** Where the POMs of what is published lie. */
  private static final List<String> MODULES =
      List.of(
          "",
          "core",
          "store-memory",
          "store-valkey",
          "http-jdk",
          "http-jdk/wire",
          "http-jdk/client",
          "http-jdk/server",
          "http-jdk/metrics",
          "http-jdk/app");

  private static final Pattern ARTIFACT =
      Pattern.compile(
          "(?:</modelVersion>|</parent>)\\s*(?:<groupId>.*</groupId>\\s*)?<artifactId>(.*)</");

  private UsersMaven() {}

  /** Does what {@code mvn install} does, in the local repository of the tests' own. */
  static void install() throws IOException {
    for (String module : MODULES) {
      Path pom = ROOT.resolve(module).resolve("pom.xml");
      String artifact = artifactOf(pom);
      Path folder =
          Files.createDirectories(
              REPOSITORY.resolve("dev/rollcall").resolve(artifact).resolve(VERSION));
      Files.copy(pom, folder.resolve(file(artifact, ".pom")), REPLACE_EXISTING);
      for (String end : List.of(".jar", "-tests.jar")) {
        Path jar = pom.resolveSibling("target").resolve(file(artifact, end));
        if (Files.exists(jar)) {
          Files.copy(jar, folder.resolve(file(artifact, end)), REPLACE_EXISTING);
        }
      }
    }
  }

  private static String artifactOf(Path pom) throws IOException {
    Matcher artifact = ARTIFACT.matcher(Files.readString(pom));
    assertThat(artifact.find()).as("an artifact's name in %s", pom).isTrue();
    return artifact.group(1);
  }

  /** Returns the name of an artifact's file, such as a jar. */
  static String file(String artifact, String end) {
    return artifact + "-" + VERSION + end;
  }

  /** Adds to a POM that the local repository of the build around this one is asked first. */
  static String withRepositories(String pom) {
    String url = Path.of(System.getProperty("maven.local.repository")).toUri().toString();
    return pom.replace(
        "</project>",
        """
          <repositories>
            <repository><id>around</id><url>%1$s</url></repository>
          </repositories>
          <pluginRepositories>
            <pluginRepository><id>around</id><url>%1$s</url></pluginRepository>
          </pluginRepositories>
        </project>
        """
            .formatted(url));
  }

  /** Runs Maven on the project in a folder, and returns all that it says. */
  static String run(Path project, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("maven.home"), "bin", "mvn").toString(),
                "-B",
                "-ntp",
                "-Dmaven.repo.local=" + REPOSITORY.toAbsolutePath()));
    if (System.getProperty("maven.offline").equals("offline=true")) {
      command.addAll(List.of("-o", "-Daether.offline.protocols=file"));
    }
    command.addAll(List.of(arguments));
    Process maven =
        new ProcessBuilder(command).directory(project.toFile()).redirectErrorStream(true).start();
    try {
      maven.getOutputStream().close();
      return new String(maven.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } finally {
      maven.destroy();
    }
  }
}
