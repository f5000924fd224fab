package dev.rollcall.examples.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A minute and a half of it, with a seed of its own each time, which it prints. */
class RobustnessIT {
  private static void assertClean(Options options) {
    assertThat(new Run(options, System.out).isClean()).as(options.command()).isTrue();
  }

  @Test
  void twoServersOverOneValkeyKeepToTheRules() {
    assertClean(Servers.options("valkey", "40s"));
  }

  @Test
  void aServerOverMemoryKeepsToTheRules() {
    assertClean(Servers.options("memory", "20s"));
  }

  /** Large lists that fail between their commands and the replies. */
  @Test
  void listsThatTheStoreRefusesLeaveNoRepliesToOthers() {
    assertClean(
        Servers.options(
            "valkey", "30s", "--ballast", "1500", "--heap", "256m", "--only", "reads refused"));
  }
}
