package dev.rollcall.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.app.log.LineLoggerProvider;
import dev.rollcall.app.options.TimeConverter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the command line answers when it does not serve. */
class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private final Properties before = new Properties();

  @BeforeEach
  void keepProperties() {
    before.putAll(System.getProperties());
  }

  /** The command says how to log to its whole process, which is that of other tests here. */
  @AfterEach
  void restoreHowToLog() {
    for (String property :
        List.of(LineLoggerProvider.FORMAT_PROPERTY, LineLoggerProvider.LEVEL_PROPERTY)) {
      if (before.containsKey(property)) {
        System.setProperty(property, before.getProperty(property, ""));
      } else {
        System.clearProperty(property);
      }
    }
  }

  private int execute(String... args) {
    return execute(Map.of(), args);
  }

  private int execute(Map<String, String> environment, String... args) {
    CommandLine program =
        Main.commandLine(args)
            .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    return Main.run(program, environment, args);
  }

  private void assertOneLineOfError(String... parts) {
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("rollcall-server: ").contains(parts);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void helpNamesEachOptionWithItsDefault() {
    assertThat(execute("--help")).isZero();

    assertThat(out.toString())
        .contains("--port=PORT", "Default: 9000")
        .contains("--host=HOST", "Default: 127.0.0.1")
        .contains("--store=URI", "Default: memory:?max-services=100000")
        .contains("--default-ttl=TIME", "Default: 30s")
        .contains("--log-format=FORMAT", "Default: key-value", "--log-level=LEVEL")
        .contains("--without-metrics", "--without-page");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void whatKeepCanDoWithoutIsNoPartOfItsUsage() {
    assertThat(execute("keep", "--help")).isZero();

    assertThat(out.toString())
        .startsWith("Usage: rollcall-server keep [OPTIONS] -- COMMAND [ARGUMENT...]");
  }

  @Test
  void theVersionNamesTheProgram() {
    assertThat(execute("--version")).isZero();

    assertThat(out.toString()).startsWith("rollcall-server ");
  }

  @ParameterizedTest
  @CsvSource({
    "--port=x, is not an int; rollcall-server --help shows what there is",
    "--qqq, --qqq",
    "--max-reqests=3, did you mean --max-requests?",
    "--log-format=xml, key-value",
    "--default-ttl=30, is no time; write it as 30s",
    "--default-ttl=-1s, is no time",
    "--default-ttl=9999999999s, is no time",
    "--default-ttl=PT-1S, is no time; write it as 30s, 1500ms",
    "--default-ttl=PT99999999999H, is no time",
    "--default-ttl=P, is no time",
    "extra, extra",
    "--port, Missing required parameter"
  })
  void aBadOptionIsNamedOnOneLineWithWhatToTry(String option, String message) {
    assertThat(execute(option)).isEqualTo(2);

    assertOneLineOfError(message);
  }

  @Test
  void aStoreThatNoJarAnswersForIsNamed() {
    assertThat(execute("--store=floppy:/a")).isEqualTo(1);

    assertOneLineOfError("'floppy:'", "memory");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "memory", "memory:?max-services=none", "memory:?max-services=0", "::"})
  void aStoreThatIsNoneIsOneLine(String store) {
    assertThat(execute("--port=0", "--store=" + store)).isEqualTo(1);

    assertOneLineOfError("");
  }

  @ParameterizedTest
  @CsvSource({
    "--default-ttl=0s, 1 to 86400 seconds",
    "--default-ttl=25h, 1 to 86400 seconds",
    "--port=65536, 65536"
  })
  void aBoundThatIsNotKeptIsOneLine(String option, String message) {
    assertThat(execute(option, "--host=127.0.0.1")).isEqualTo(1);

    assertOneLineOfError(message);
  }

  @Test
  void aPortThatIsTakenIsOneLine() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());

      assertThat(execute("--port", port)).isEqualTo(1);

      assertOneLineOfError(
          "cannot listen at 127.0.0.1:" + port + ": Address already in use",
          "choose another --port");
    }
  }

  @Test
  void aHostThatIsUnknownIsOneLine() {
    assertThat(execute("--port=0", "--host=no-such-host.invalid")).isEqualTo(1);

    assertOneLineOfError("'no-such-host.invalid'");
  }

  @Test
  void aStoreThatDoesNotAnswerIsOneLine() {
    assertThat(execute("--port=0", "--store=valkey://127.0.0.1:1")).isEqualTo(1);

    assertOneLineOfError("127.0.0.1:1", "--wait-for-store=30s waits");
  }

  @ParameterizedTest
  @CsvSource({
    "--key-for-reads, --key-for-reads needs a --service-key-file",
    "--service-key-file=missing-keys, missing-keys",
    "--tls-certificate=c, --tls-certificate and --tls-key go together",
    "--tls-key-store=k, --tls-key-store and --tls-key-store-password-file go together",
    "--tls-certificate=c --tls-key=missing-key, missing-key",
    "--tls-key-store=k --tls-key-store-password-file=missing-password, missing-password",
    "--rate-burst=3, --rate-burst needs a --rate-limit",
    "--rate-limit=0, --rate-limit: rateLimit is 1 or more",
    "--rate-limit=2 --rate-burst=0, --rate-burst: rateBurst is 1 or more",
    "--max-lists=0, --max-lists: maxLists is 1 or more",
    "--max-body-bytes=-1, --max-body-bytes: maxBodyBytes is 1 or more",
    "--drain-time=2h, --drain-time: a drainTime is 0 to 1 h",
    "--wait-for-store=999999999h, --wait-for-store: it is 24h at most",
    "--base-path=v2, --base-path: a basePath is plain segments",
    "--public-url=registry, --public-url: a publicUrl is absolute"
  })
  void whatDoesNotFitIsOneLine(String options, String message) {
    List<String> all = new ArrayList<>(List.of(options.split(" ")));
    all.add("--port=0");

    assertThat(execute(all.toArray(String[]::new))).isEqualTo(1);

    assertOneLineOfError(message);
  }

  /** In the environment it may do everything: the scope in the file would have no effect. */
  @ParameterizedTest
  @ValueSource(strings = {"read-only", "services=orders-*"})
  void aKeyOfTheEnvironmentThatTheFileLimitsIsOneLine(String scope, @TempDir Path folder)
      throws Exception {
    Path file = Files.writeString(folder.resolve("keys"), "other\nhunter2 " + scope + "\n");
    Map<String, String> environment = Map.of("SERVICEKIT_REGISTRATION_KEY", "hunter2");

    assertThat(execute(environment, "--port=0", "--service-key-file=" + file)).isEqualTo(1);

    assertOneLineOfError(
        "--service-key-file: ", file.toString(), "SERVICEKIT_REGISTRATION_KEY", "unset");
    assertThat(err.toString()).doesNotContain("hunter2");
  }

  @ParameterizedTest
  @CsvSource({
    "--ready-timeout=1441m, '--ready-timeout: it is 24h at most, not '",
    "--ready-timeout=9999999h, '--ready-timeout: it is 24h at most, not PT9999999H'",
    "--drain-delay=61m, '--drain-delay: it is 1h at most, not PT1H1M'",
    "--drain-time=PT9999999H, '--drain-time: it is 1h at most, not PT9999999H'",
    "--ttl=9999999h, --ttl: ",
    "--ttl=1ms, --ttl: "
  })
  void aTimeOfKeepThatIsOutOfBoundsIsOneLineAndStartsNothing(
      String option, String message, @TempDir Path folder) {
    Path started = folder.resolve("started");

    int exitCode = execute("keep", "--url=http://h:1", option, "--", "touch", started.toString());

    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("rollcall-server keep: " + message);
    assertThat(exitCode).isEqualTo(2);
    assertThat(started).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "1500ms, PT1.5S",
    "30s, PT30S",
    "2m, PT2M",
    "24h, PT24H",
    "PT30S, PT30S",
    "PT1M0.5S, PT60.5S",
    "P1D, PT24H"
  })
  void aTimeIsReadAsPeopleWriteIt(String text, Duration time) {
    assertThat(new TimeConverter().convert(text)).isEqualTo(time);
  }
}
