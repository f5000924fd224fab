package dev.rollcall.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The README's walk by hand, as a shell runs it; only the port is another. */
@Timeout(120)
class ReadmeCommandsIT {
  private static final Pattern BY_HAND =
      Pattern.compile("## By hand\n.*?```sh\n(.*?)```", Pattern.DOTALL);

  @Test
  void theCommandsTakeAServiceThroughItsLife() throws Exception {
    Matcher walk = BY_HAND.matcher(Files.readString(Path.of("../README.md")));
    assertThat(walk.find()).isTrue();
    List<JsonNode> answers;
    try (ServerJar server = ServerJar.start(Map.of())) {
      String commands = walk.group(1).replace("http://127.0.0.1:9000", server.url().toString());
      String said = Programs.output(List.of("bash", "-euo", "pipefail", "-c", commands));
      try (MappingIterator<JsonNode> read =
          new ObjectMapper().readerFor(JsonNode.class).readValues(said)) {
        answers = read.readAll();
      }
    }

    assertThat(answers)
        .extracting(answer -> answer.path("status").asText())
        .containsExactly("registered", "alive", "", "", "", "", "deregistered", "404");
    assertThat(answers.get(2).at("/services/0/id").asText()).isEqualTo("my-service");
    assertThat(answers.get(3).at("/info/display_name").asText()).isEqualTo("My Service");
    assertThat(answers.get(4).at("/services/0/name").asText()).isEqualTo("my-service");
    assertThat(answers.get(5).at("/services/0/id").asText()).isEqualTo("my-service");
  }
}
