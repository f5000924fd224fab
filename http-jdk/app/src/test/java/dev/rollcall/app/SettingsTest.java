package dev.rollcall.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.app.options.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What options are set to by the command line, the environment and a file. */
class SettingsTest {
  private final StringWriter err = new StringWriter();

  @TempDir private Path folder;

  private Path file(String... lines) throws IOException {
    return Files.writeString(folder.resolve("rollcall.conf"), String.join("\n", lines) + "\n");
  }

  /** Returns what an option would be set to if the server ran; an error is in {@link #err}. */
  private String valueOf(String option, Map<String, String> environment, String... args) {
    return values(environment, args).getOrDefault(option, "");
  }

  private Map<String, String> values(Map<String, String> environment, String... args) {
    Map<String, String> values = new HashMap<>();
    CommandLine program =
        Main.commandLine(args)
            .setErr(new PrintWriter(err, true))
            .setExecutionStrategy(
                parsed -> {
                  for (OptionSpec option : parsed.commandSpec().options()) {
                    Object value = option.getValue();
                    values.put(option.longestName(), String.valueOf(value));
                  }
                  return 0;
                });
    int exitCode = Main.run(program, environment, args);
    assertThat(exitCode).as(err.toString()).isEqualTo(err.toString().isEmpty() ? 0 : 2);
    return values;
  }

  private void assertRefused(String... parts) {
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("rollcall-server: ").contains(parts);
  }

  @Test
  void anOptionComesBeforeItsVariableAndThatBeforeTheFileAndThatBeforeTheDefault()
      throws Exception {
    Path file = file("port = 9003", "max-lists=3");
    Map<String, String> environment =
        Map.of("ROLLCALL_CONFIG", file.toString(), "ROLLCALL_PORT", "9002");

    assertThat(valueOf("--port", environment, "--port=9001")).isEqualTo("9001");
    assertThat(valueOf("--port", environment)).isEqualTo("9002");
    assertThat(valueOf("--port", Map.of(), "--config=" + file)).isEqualTo("9003");
    assertThat(valueOf("--port", Map.of())).isEqualTo("9000");
    assertThat(valueOf("--max-lists", environment)).isEqualTo("3");
  }

  @Test
  void theConfigOptionComesBeforeItsVariable() throws Exception {
    Map<String, String> environment = Map.of("ROLLCALL_CONFIG", "/no/such/file");

    assertThat(valueOf("--port", environment, "--config", file("port=9003").toString()))
        .isEqualTo("9003");
  }

  @Test
  void everyOptionHasAVariableAndALine() throws Exception {
    Map<String, String> values =
        Main.commandLine().getCommandSpec().options().stream()
            .filter(option -> !option.usageHelp() && !option.versionHelp())
            .filter(option -> !option.longestName().equals("--config"))
            .collect(Collectors.toMap(OptionSpec::longestName, SettingsTest::exampleOf));
    Map<String, String> environment = new HashMap<>();
    values.forEach((option, value) -> environment.put(Settings.variableOf(option), value));
    Path file =
        file(
            values.entrySet().stream()
                .map(set -> set.getKey().substring(2) + "=" + set.getValue())
                .toArray(String[]::new));

    assertThat(environment).containsKeys("ROLLCALL_MAX_REQUESTS", "ROLLCALL_STORE_PASSWORD_FILE");
    Map<String, String> defaults = values(Map.of());
    assertThat(values(environment)).allSatisfy((name, value) -> assertSet(name, value, defaults));
    assertThat(values(Map.of(), "--config=" + file))
        .allSatisfy((name, value) -> assertSet(name, value, defaults));
  }

  private static void assertSet(String option, String value, Map<String, String> defaults) {
    if (!option.equals("--help") && !option.equals("--version") && !option.equals("--config")) {
      assertThat(value).as(option).isNotEqualTo(defaults.get(option));
    }
  }

  /** Returns a value that is no default. */
  private static String exampleOf(OptionSpec option) {
    if (option.arity().max() == 0) {
      return "true";
    }
    return switch (option.paramLabel()) {
      case "PORT", "N", "BYTES" -> "7";
      case "TIME" -> "PT7S";
      case "FORMAT" -> "json";
      case "LEVEL" -> "warn";
      default -> "x";
    };
  }

  @Test
  void aFlagOfAVariableIsTrueOrFalseAndTheOptionBesideItMeansTheSame() {
    Map<String, String> on = Map.of("ROLLCALL_WITHOUT_PAGE", "true");

    assertThat(valueOf("--without-page", on)).isEqualTo("true");
    assertThat(valueOf("--without-page", on, "--without-page")).isEqualTo("true");
    assertThat(valueOf("--without-page", Map.of("ROLLCALL_WITHOUT_PAGE", "false")))
        .isEqualTo("false");
    valueOf("--without-page", Map.of("ROLLCALL_WITHOUT_PAGE", "yes"));
    assertRefused("ROLLCALL_WITHOUT_PAGE: ", "--without-page", "'yes'");
  }

  @Test
  void whatMayBeRepeatedIsSetByCommasOrBySeveralLines() throws Exception {
    Map<String, String> environment = Map.of("ROLLCALL_ALLOWED_HOST", "a,b");

    assertThat(valueOf("--allowed-host", environment)).isEqualTo("[a, b]");
    assertThat(
            valueOf(
                "--allowed-host",
                Map.of(),
                "--config=" + file("allowed-host=a", "allowed-host=b,c")))
        .isEqualTo("[a, b, c]");
    assertThat(valueOf("--allowed-host", environment, "--allowed-host=d")).isEqualTo("[d]");
  }

  @Test
  void aFileHasCommentsAndBlankLinesAndTakesABackslashForItself() throws Exception {
    Path file = file("# where", "", "  service-key-file = C:\\new keys=1 ", "#port=1");

    assertThat(valueOf("--service-key-file", Map.of(), "--config=" + file))
        .isEqualTo("Optional[C:\\new keys=1]");
  }

  /** Generated passwords hold such signs, and picocli knows variables in its defaults. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "valkey://:pa$$word@h",
        "valkey://:$pa$$$word$@h$",
        "valkey://:${env:PATH}@h",
        "valkey://:$${sys:java.version}@h",
        "valkey://:${nothing:-b}@h",
        "valkey://:${DEFAULT-VALUE}${COMMAND-NAME}@h",
        "valkey://:${bundle:a@h",
        "valkey://:pa\\$\\\\word@h"
      })
  void aValueIsTakenAsItStands(String store) throws Exception {
    assertThat(valueOf("--store", Map.of("ROLLCALL_STORE", store)))
        .isEqualTo("Optional[" + store + "]");
    assertThat(valueOf("--store", Map.of(), "--config=" + file("store=" + store)))
        .isEqualTo("Optional[" + store + "]");
    assertThat(valueOf("--store", Map.of(), "--store=" + store))
        .isEqualTo("Optional[" + store + "]");
  }

  @Test
  void aValueOfSeveralIsTakenAsItStands() throws Exception {
    String hosts = "a$$b,${sys:java.version}";

    assertThat(valueOf("--allowed-host", Map.of("ROLLCALL_ALLOWED_HOST", hosts)))
        .isEqualTo("[a$$b, ${sys:java.version}]");
    assertThat(valueOf("--allowed-host", Map.of(), "--config=" + file("allowed-host=" + hosts)))
        .isEqualTo("[a$$b, ${sys:java.version}]");
  }

  @Test
  void anErrorShowsAValueAsItStands() {
    valueOf("--port", Map.of("ROLLCALL_PORT", "$$7"));

    assertRefused("ROLLCALL_PORT: ", "'$$7' is not an int");
  }

  @Test
  void aWrongVariableThatAnOptionOverridesDoesNoHarm() {
    assertThat(valueOf("--port", Map.of("ROLLCALL_PORT", "x"), "--port=1")).isEqualTo("1");
  }

  @Test
  void aWrongVariableIsNamed() {
    valueOf("--port", Map.of("ROLLCALL_PORT", "x"));

    assertRefused("ROLLCALL_PORT: ", "--port", "'x' is not an int", "--help");
  }

  @Test
  void aWrongValueCannotBeTakenForAnotherLine() {
    valueOf("--port", Map.of("ROLLCALL_PORT", "1\nrollcall-server: \u001b[2J"));

    assertRefused("ROLLCALL_PORT: ", "'1\\nrollcall-server: \\u001b[2J' is not an int");
  }

  @Test
  void aVariableOfBlanksIsRefusedAndAnEmptyOneIsNotSet() {
    assertThat(valueOf("--port", Map.of("ROLLCALL_PORT", ""))).isEqualTo("9000");

    valueOf("--port", Map.of("ROLLCALL_PORT", "  "));
    assertRefused("ROLLCALL_PORT: holds nothing but blanks");
  }

  @ParameterizedTest
  @CsvSource({
    "max-reqests=3, did you mean max-requests?",
    "port, a line is name=value",
    "port=, there is no value after the =",
    "port=x, is not an int",
    "help=true, no option has the name before the =; --help names them all",
    "config=a, a file cannot name another",
    "PORT=1, did you mean port?"
  })
  void aWrongLineOfAFileIsNamedByItsNumber(String line, String message) throws Exception {
    Path file = file("# first", line);

    values(Map.of(), "--config=" + file);

    assertRefused(file + ":2: ", message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"aHVudGVyMg==", "aHVudGVyMjM=", "aHVudGVy = MjM", "aHVudGVyMjM0"})
  void aFileOfKeysIsRefusedWithoutBeingRepeated(String line) throws Exception {
    Path file = file(line);

    values(Map.of(), "--config=" + file);

    assertRefused(file + ":1: ");
    assertThat(err.toString()).doesNotContain("aHVudGVy");
  }

  @Test
  void aFileMayBeginWithAByteOrderMark() throws Exception {
    assertThat(valueOf("--port", Map.of(), "--config=" + file("\ufeffport=7"))).isEqualTo("7");
  }

  @Test
  void aVariableInAnotherCaseIsNoOptions() {
    Map<String, String> environment = Map.of("ROLLCALL_PORT", "7", "ROLLCALL_Port", "8");

    assertThat(valueOf("--port", environment)).isEqualTo("7");
    assertThat(valueOf("--port", Map.of("ROLLCALL_MAX-LISTS", "8"))).isEqualTo("9000");
    assertThat(valueOf("--max-lists", Map.of("ROLLCALL_MAX-LISTS", "8"))).isEqualTo("16");
  }

  @Test
  void anOptionThatAFileSetsTwiceIsRefused() throws Exception {
    Path file = file("port=1", "port=2");

    values(Map.of(), "--config=" + file);

    assertRefused(file + ":2: port is set on " + file + ":1 as well");
  }

  @Test
  void aFileThatIsMissingOrIsNoTextIsNamed() throws Exception {
    Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, '\n'});

    values(Map.of(), "--config=" + folder.resolve("none"));
    assertRefused(folder.resolve("none").toString());
    err.getBuffer().setLength(0);
    values(Map.of("ROLLCALL_CONFIG", binary.toString()));
    assertRefused(binary + " is not UTF-8");
    err.getBuffer().setLength(0);
    values(Map.of("ROLLCALL_CONFIG", folder.toString()));
    assertRefused(folder.toString());
  }

  /** As a Service that is called rollcall makes them in each pod of its namespace. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ROLLCALL_PORT=tcp://10.0.0.1:9000",
        "ROLLCALL_OBSERVE_PORT=udp://10.0.0.1:9000",
        "ROLLCALL_SERVICE_HOST=10.0.0.1",
        "ROLLCALL_SERVICE_PORT=9000",
        "ROLLCALL_SERVICE_PORT_HTTP=9000",
        "ROLLCALL_PORT_9000_TCP_ADDR=10.0.0.1",
        "ROLLCALL_STORE_PORT_6379_TCP=tcp://10.0.0.2:6379"
      })
  void theVariablesOfAServiceOfKubernetesAreNoSettings(String variable) {
    int equals = variable.indexOf('=');
    Map<String, String> environment =
        Map.of(variable.substring(0, equals), variable.substring(equals + 1));

    assertThat(values(environment)).containsEntry("--port", "9000");
  }

  @Test
  void helpIsShownWhateverTheFileHolds() throws Exception {
    Path file = file("nonsense");
    CommandLine program = Main.commandLine("--help").setOut(new PrintWriter(err, true));

    assertThat(Main.run(program, Map.of(), "--help", "--config=" + file)).isZero();
  }
}
