package dev.rollcall.examples.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A minute of it, with a seed of its own each time, which it prints. */
class RobustnessIT {
  @Test
  void twoServersOverOneValkeyKeepToTheRules() {
    Options options = Servers.options("valkey", "40s");
    assertThat(new Run(options, System.out).isClean()).as(options.command()).isTrue();
  }

  @Test
  void aServerOverMemoryKeepsToTheRules() {
    Options options = Servers.options("memory", "20s");
    assertThat(new Run(options, System.out).isClean()).as(options.command()).isTrue();
  }
}
