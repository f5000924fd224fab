package dev.rollcall.docs;

import static dev.rollcall.docs.UsersMaven.ROOT;
import static dev.rollcall.docs.UsersMaven.VERSION;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The README's table of what each use brings is what Maven gives to a project of that use. */
@Timeout(300)
class ArtifactsTableIT {
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| ([^|]+) \\| ([^|]*`rollcall-[^|]+) \\| (\\d+) \\| ([\\d.]+) \\|$");
  private static final Pattern ARTIFACT = Pattern.compile("`(rollcall-[a-z-]+)`");
  private static final Path SERVER = ROOT.resolve("http-jdk/app/target/rollcall-server.jar");
  private static final String CLASS_PATH =
      "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:build-classpath";

  /** How far a size may be from the stated one: jars differ a little by the JDK that made them. */
  private static final double TOLERANCE_MB = 0.1;

  @TempDir private Path project;

  private record Row(String use, String add, int jars, double megabytes) {
    /** Returns what is added; nothing for the bundled server, which is a program. */
    List<String> artifacts() {
      return ARTIFACT.matcher(add).results().map(result -> result.group(1)).toList();
    }

    /** Returns this row with the figures that hold. */
    Row measured(List<Path> files) throws IOException {
      long bytes = 0;
      for (Path file : files) {
        bytes += Files.size(file);
      }
      double measured = bytes / 1e6;
      boolean holds = Math.abs(measured - megabytes) <= TOLERANCE_MB;
      return new Row(use, add, files.size(), holds ? megabytes : Math.round(measured * 10) / 10.0);
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "| %s | %s | %d | %.1f |", use, add, jars, megabytes);
    }
  }

  @Test
  void eachUseBringsWhatTheReadmeSays() throws IOException {
    List<Row> rows = rows();
    assertThat(rows).hasSizeGreaterThan(5);

    List<Row> measured = measured(rows);

    assertThat(measured)
        .withFailMessage(
            "The table of artifacts in README.md is out of date. If you mean this change, these are"
                + " its rows now:%n%s",
            measured.stream().map(Row::toString).collect(Collectors.joining("\n")))
        .isEqualTo(rows);
  }

  private static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (Matcher row = ROW.matcher(Files.readString(ROOT.resolve("README.md"))); row.find(); ) {
      rows.add(
          new Row(
              row.group(1),
              row.group(2),
              Integer.parseInt(row.group(3)),
              Double.parseDouble(row.group(4))));
    }
    return rows;
  }

  private List<Row> measured(List<Row> rows) throws IOException {
    UsersMaven.install();
    for (int i = 0; i < rows.size(); i++) {
      writePom(
          Files.createDirectories(project.resolve("row-" + i)),
          "jar",
          rows.get(i).artifacts().stream()
              .map(
                  artifact ->
                      """
                      <dependency>
                        <groupId>dev.rollcall</groupId>
                        <artifactId>%s</artifactId>
                        <version>%s</version>
                      </dependency>
                      """
                          .formatted(artifact, VERSION))
              .collect(Collectors.joining("", "<dependencies>", "</dependencies>")));
    }
    writePom(
        project,
        "pom",
        IntStream.range(0, rows.size())
            .mapToObj(i -> "<module>row-" + i + "</module>")
            .collect(Collectors.joining("", "<modules>", "</modules>")));

    String said =
        UsersMaven.run(
            project, CLASS_PATH, "-DincludeScope=runtime", "-Dmdep.outputFile=classpath.txt");
    assertThat(said).contains("BUILD SUCCESS");

    List<Row> measured = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      List<Path> files =
          rows.get(i).artifacts().isEmpty()
              ? List.of(SERVER)
              : filesOf(project.resolve("row-" + i + "/classpath.txt"));
      measured.add(rows.get(i).measured(files));
    }
    return measured;
  }

  private static List<Path> filesOf(Path classPath) throws IOException {
    String path = Files.readString(classPath).strip();
    return Stream.of(path.split(File.pathSeparator, -1)).map(Path::of).toList();
  }

  private static void writePom(Path folder, String packaging, String content) throws IOException {
    Files.writeString(
        folder.resolve("pom.xml"),
        UsersMaven.withRepositories(
            """
            <project xmlns="http://maven.apache.org/POM/4.0.0">
              <modelVersion>4.0.0</modelVersion>
              <groupId>org.example</groupId>
              <artifactId>%s</artifactId>
              <version>1</version>
              <packaging>%s</packaging>
              %s
            </project>
            """
                .formatted(folder.getFileName(), packaging, content)));
  }
}
