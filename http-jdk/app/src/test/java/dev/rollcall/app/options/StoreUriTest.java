package dev.rollcall.app.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the store's URI and its passwords come from, and which comes first. */
class StoreUriTest {
  private static final String PASSWORD = "ROLLCALL_STORE_PASSWORD";
  private static final String PASSWORD_FILE = "ROLLCALL_STORE_PASSWORD_FILE";
  private static final Optional<String> NONE = Optional.empty();

  private static String uri(
      Optional<String> store, Optional<String> file, Map<String, String> environment) {
    return uri(store, file, NONE, environment);
  }

  private static String uri(
      Optional<String> store,
      Optional<String> file,
      Optional<String> sentinelFile,
      Map<String, String> environment) {
    return StoreUri.of(
        set(store, "ROLLCALL_STORE", environment),
        set(file, PASSWORD_FILE, environment),
        set(sentinelFile, "ROLLCALL_STORE_SENTINEL_PASSWORD_FILE", environment),
        "memory:",
        environment);
  }

  /** Returns what the settings say of an option. */
  private static Optional<Setting> set(
      Optional<String> option, String variable, Map<String, String> environment) {
    return option
        .map(value -> new Setting(value, new Origin(Origin.Rank.OPTION, "--option")))
        .or(
            () ->
                Optional.ofNullable(environment.get(variable))
                    .map(value -> new Setting(value, new Origin(Origin.Rank.VARIABLE, variable))));
  }

  private static Optional<Setting> inFile(String value) {
    return Optional.of(new Setting(value, new Origin(Origin.Rank.FILE, "rollcall.conf:1")));
  }

  private static Map<String, String> stored(String uri) {
    return Map.of("ROLLCALL_STORE", uri);
  }

  @Test
  void anOptionComesBeforeTheEnvironmentAndThatBeforeTheDefault() {
    assertThat(uri(NONE, NONE, Map.of())).isEqualTo("memory:");
    assertThat(uri(NONE, NONE, stored("valkey://a"))).isEqualTo("valkey://a");
    assertThat(uri(Optional.of("valkey://b"), NONE, stored("valkey://a"))).isEqualTo("valkey://b");
  }

  @ParameterizedTest
  @CsvSource({
    "valkey://h, valkey://:p%40%3A%2F%20%2B%25@h",
    "valkey://h:1/2?prefix=x, valkey://:p%40%3A%2F%20%2B%25@h:1/2?prefix=x",
    "valkey://user@h, valkey://user:p%40%3A%2F%20%2B%25@h",
    "valkey://h?prefix=a@b, valkey://:p%40%3A%2F%20%2B%25@h?prefix=a@b",
    "'valkey+cluster://h:1,[::1]:2', 'valkey+cluster://:p%40%3A%2F%20%2B%25@h:1,[::1]:2'"
  })
  void aPasswordOfTheEnvironmentFindsItsPlaceInAnyUri(String store, String expected) {
    Map<String, String> environment = Map.of(PASSWORD, "p@:/ +%");

    assertThat(uri(Optional.of(store), NONE, environment)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "valkey://h, valkey://h?password-file=%2Frun%2Fa%20b%26c",
    "valkey://user@h/1?prefix=x, valkey://user@h/1?prefix=x&password-file=%2Frun%2Fa%20b%26c"
  })
  void aPasswordFileBecomesAParameter(String store, String expected) {
    assertThat(uri(Optional.of(store), Optional.of("/run/a b&c"), Map.of())).isEqualTo(expected);
    assertThat(uri(Optional.of(store), NONE, Map.of(PASSWORD_FILE, "/run/a b&c")))
        .isEqualTo(expected);
  }

  @Test
  void thePasswordFileOfTheSentinelsIsOneMoreParameter() {
    String store = "valkey+sentinel://h/master";
    String expected = store + "?password-file=p&sentinel-password-file=s";

    assertThat(uri(Optional.of(store), Optional.of("p"), Optional.of("s"), Map.of()))
        .isEqualTo(expected);
    assertThat(
            uri(
                Optional.of(store),
                Optional.of("p"),
                Map.of("ROLLCALL_STORE_SENTINEL_PASSWORD_FILE", "s")))
        .isEqualTo(expected);
  }

  @Test
  void whatStandsOnTheCommandLineWins() {
    Map<String, String> environment = Map.of(PASSWORD, "env");

    assertThat(uri(Optional.of("valkey://:own@h"), NONE, environment)).isEqualTo("valkey://:own@h");
    assertThat(uri(Optional.of("valkey://h"), Optional.of("f"), environment))
        .isEqualTo("valkey://h?password-file=f");
  }

  @Test
  void aPasswordOfTheEnvironmentComesBeforeThatOfAConfigurationFile() {
    Map<String, String> environment = Map.of(PASSWORD, "env");

    assertThat(
            StoreUri.of(
                inFile("valkey://h"), inFile("f"), Optional.empty(), "memory:", environment))
        .isEqualTo("valkey://:env@h");
    assertRefused(
        "ROLLCALL_STORE_PASSWORD as well; leave one out",
        () ->
            StoreUri.of(
                inFile("valkey://:hunter2@h"),
                Optional.empty(),
                Optional.empty(),
                "memory:",
                environment));
  }

  @Test
  void whatContradictsItselfIsRefusedWithoutBeingRepeated() {
    assertRefused(
        "leave one out", () -> uri(Optional.of("valkey://:hunter2@h"), Optional.of("f"), Map.of()));
    assertRefused(
        "leave one out",
        () ->
            uri(NONE, NONE, Map.of("ROLLCALL_STORE", "valkey://u:hunter2@h", PASSWORD, "hunter2")));
    assertRefused(
        "leave one out",
        () -> uri(NONE, Optional.of("f"), stored("valkey://h?database=1&password-file=hunter2")));
    assertRefused(
        "not both",
        () ->
            uri(
                Optional.of("valkey://h"),
                NONE,
                Map.of(PASSWORD, "hunter2", PASSWORD_FILE, "hunter2")));
    assertRefused("has no host", () -> uri(NONE, NONE, Map.of(PASSWORD, "hunter2")));
    assertRefused("has no host", () -> uri(NONE, Optional.of("hunter2"), Map.of()));
    assertRefused(
        "nothing but blanks", () -> uri(Optional.of("valkey://h"), NONE, Map.of(PASSWORD, " \t")));
  }

  @ParameterizedTest
  @CsvSource({
    "memory:?max-services=1, memory:?max-services=1",
    "valkey://h:1/2?prefix=x, valkey://h:1/2?prefix=x",
    "valkey://user@h, valkey://user@h",
    "valkey://u:hunter2@h, valkey://u:***@h",
    "valkey://:hunter2@h?password-file=f, valkey://:***@h?password-file=f",
    "other://h?a=1&db-Password=hunter2&token=x, other://h?a=1&db-Password=***&token=***"
  })
  void whatIsShownOfAUriHasNoPassword(String uri, String shown) {
    assertThat(StoreUri.shown(uri)).isEqualTo(shown);
  }

  private static void assertRefused(String saying, ThrowingCallable call) {
    assertThatIllegalArgumentException()
        .isThrownBy(call)
        .withMessageContaining(saying)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
  }
}
