package dev.rollcall.http.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the page's scripts are written in: what a browser cannot parse leaves the page empty. */
class PageScriptsTest {
  /** Safari knows none before 16.4. */
  @Test
  void noRegularExpressionLooksBehind() throws Exception {
    List<Path> scripts = scripts();

    assertThat(scripts).hasSizeGreaterThan(5);
    for (Path script : scripts) {
      assertThat(Files.readString(script, UTF_8))
          .as(script.toString())
          .doesNotContain("(?<=", "(?<!");
    }
  }

  private static List<Path> scripts() throws IOException, URISyntaxException {
    URL page = RegistryEndpoints.class.getResource("page/page.js");
    assertThat(page).isNotNull();
    try (Stream<Path> files = Files.list(Path.of(page.toURI()).getParent())) {
      return files.filter(file -> file.toString().endsWith(".js")).sorted().toList();
    }
  }
}
