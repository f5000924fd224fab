package dev.rollcall.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The systemd unit starts the server as it is. */
@Timeout(120)
class SystemdUnitIT {
  private static final String EXEC_START = "ExecStart=/usr/bin/java ";

  @Test
  void itsCommandStartsAServerThatStopsWell() throws Exception {
    String line =
        Files.readAllLines(Path.of("systemd/rollcall.service")).stream()
            .filter(each -> each.startsWith(EXEC_START))
            .findFirst()
            .orElseThrow();
    List<String> command = new ArrayList<>(List.of(Programs.java()));
    command.addAll(
        List.of(
            line.substring(EXEC_START.length())
                .replace("/opt/rollcall/rollcall-server.jar", ServerJar.file().toString())
                .replace(" $ROLLCALL_OPTIONS", "")
                .split(" ", -1)));

    try (ServerJar server = ServerJar.start(command, Path.of("."), Map.of())) {
      assertThat(server.stop()).isZero();
    }
  }
}
