package dev.rollcall.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the documents lead to or name in this repository is there. */
class DocsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#]*)(?:#([^)]*))?\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

  /** A path as documents and scripts write it, up to what a build makes. */
  private static final Pattern PATH =
      Pattern.compile(
          "(?<![\\w./-])((?:core|store-memory|store-valkey|http-jdk|examples|docs|\\.ci|\\.github)"
              + "(?:/(?!target\\b)[\\w.-]*[\\w-])+)");

  private static final Pattern TYPE = Pattern.compile("`([A-Z][a-z]\\w*)[.`(]");

  /** What documents name like a type and is not one of ours. */
  private static final Set<String> OTHERS =
      Set.of(
          "Authenticator",
          "Authorization",
          "CancellationException",
          "DiscoveryClient",
          "Dispatcher",
          "Duration",
          "Error",
          "EventSource",
          "Host",
          "HttpServer",
          "IllegalArgumentException",
          "IllegalStateException",
          "InstantSource",
          "Location",
          "LongSupplier",
          "MyStore",
          "Origin",
          "OutOfMemoryError",
          "ProxySelector",
          "RestClient",
          "RuntimeException",
          "ScheduledExecutorService",
          "ServiceLoader",
          "ServiceProvider",
          "SslOptions",
          "Supplier",
          "System",
          "WebClient");

  @TestFactory
  Stream<DynamicTest> everyLinkLeadsSomewhere() throws IOException {
    return tests(pages(), DocsTest::checkLinks);
  }

  private static void checkLinks(Path page) throws IOException {
    LINK.matcher(Files.readString(page))
        .results()
        .forEach(
            link -> {
              Path target =
                  link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1)).normalize();
              assertThat(target).exists();
              if (link.group(2) != null) {
                assertThat(anchorsOf(target)).contains(link.group(2));
              }
            });
  }

  /** Returns the anchors of a page's headings, as GitHub makes them. */
  private static List<String> anchorsOf(Path page) {
    try {
      return HEADING
          .matcher(Files.readString(page))
          .results()
          .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
          .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @TestFactory
  Stream<DynamicTest> everyPathIsThere() throws IOException {
    Stream<Path> others =
        Stream.of(".ci/run", "examples/Dockerfile", "examples/Dockerfile.dockerignore")
            .map(ROOT::resolve);
    return tests(
        Stream.concat(pages(), others),
        page ->
            assertThat(found(PATH, page))
                .filteredOn(path -> !Files.exists(ROOT.resolve(path)))
                .as("paths that are named and not there")
                .isEmpty());
  }

  @TestFactory
  Stream<DynamicTest> everyTypeIsThere() throws IOException {
    Set<String> known = new HashSet<>(OTHERS);
    known.addAll(types());
    return tests(
        pages(),
        page ->
            assertThat(found(TYPE, page))
                .filteredOn(type -> !known.contains(type))
                .as("types that are named and not there")
                .isEmpty());
  }

  /** Maven is told not to mind if a test of the list is in none of the modules, as most are not. */
  @Test
  void everyTestThatIsRunWithTheOldestVersionsIsThere() throws IOException {
    Pattern list = Pattern.compile("-Dtest='([^']*)'");

    List<String> tests = new ArrayList<>();
    found(list, ROOT.resolve(".ci/run"))
        .forEach(names -> tests.addAll(List.of(names.split(",", -1))));
    Set<String> types = types();

    assertThat(tests).isNotEmpty();
    tests.removeIf(test -> types.stream().anyMatch(type -> type.matches(test.replace("*", ".*"))));
    assertThat(tests).as("tests that are named and not there").isEmpty();
  }

  private static List<String> found(Pattern pattern, Path page) throws IOException {
    return pattern
        .matcher(Files.readString(page))
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }

  /** Returns the names of the top-level types of all modules, tests included. */
  private static Set<String> types() throws IOException {
    Set<String> types = new HashSet<>();
    for (String module :
        List.of("core", "store-memory", "store-valkey", "http-jdk", "docs", "examples")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module))) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".java"))
            .forEach(name -> types.add(name.substring(0, name.length() - ".java".length())));
      }
    }
    return types;
  }

  private static Stream<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      return Stream.concat(
          docs.filter(file -> file.toString().endsWith(".md")).toList().stream(),
          Stream.of("README.md", "CONTRIBUTING.md", "SECURITY.md").map(ROOT::resolve));
    }
  }

  private interface Check {
    void of(Path page) throws IOException;
  }

  private static Stream<DynamicTest> tests(Stream<Path> pages, Check check) {
    return pages.map(
        page -> DynamicTest.dynamicTest(page.getFileName().toString(), () -> check.of(page)));
  }
}
