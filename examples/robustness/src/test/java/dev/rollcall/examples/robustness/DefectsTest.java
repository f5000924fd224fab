package dev.rollcall.examples.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The clients bring each defect to light, and the checker sees it. */
class DefectsTest {
  private static final Duration ROUND = Duration.ofSeconds(2);
  private static final int MOST_ROUNDS = 60;
  private static final Load LOAD = new Load(8, false);

  private static List<Violation> rounds(Defect defect, int most) {
    long seed = new Random().nextInt(1_000_000);
    System.out.println(defect + " with seed " + seed);
    DefectiveStore store = new DefectiveStore(defect);
    List<Violation> found = new ArrayList<>();
    try (Deployment deployment = new InProcessDeployment(store, faultsOf(defect, store))) {
      for (int number = 0; found.isEmpty() && number < most; number++) {
        found.addAll(new Round(deployment, seed, number, LOAD, deployment.faults()).run(ROUND));
      }
    }
    return found;
  }

  /**
   * After a fault less is certain, so it comes only where it is what brings the defect to light.
   */
  private static FaultKind[] faultsOf(Defect defect, DefectiveStore store) {
    boolean isNeeded = defect == Defect.OUTAGE_IS_EMPTY || defect == Defect.NONE;
    FaultKind outage =
        new FaultKind(
            "outage",
            Loss.NONE,
            random -> {
              store.fail(true);
              Pause.between(100, 500, random);
              store.fail(false);
            });
    return isNeeded ? new FaultKind[] {outage} : new FaultKind[0];
  }

  @ParameterizedTest
  @CsvSource({
    "PING_READS_THEN_WRITES, revived|superseded|without a reg|deregistered twice|registered_at",
    "REGISTRATION_READS_THEN_WRITES, registered_at",
    "REMOVAL_READS_THEN_DELETES, deregistered twice|gone before|registered_at",
    "PING_UNFENCED, lease|revived",
    "REMOVAL_UNFENCED, removed another lease's service|nobody was given",
    "EXPIRES_LATE, alive past the end of its lease|revived|without a reg|registered_at",
    "EVICTS, gone before the end of its lease|registered_at",
    "OUTAGE_IS_EMPTY, gone before the end of its lease|revived|without a reg|registered_at",
    "PING_RENEWS_NOTHING, gone before the end of its lease"
  })
  void itIsFound(Defect defect, String rule) {
    assertThat(rounds(defect, MOST_ROUNDS).stream().map(Violation::rule))
        .as("found of %s", defect)
        .isNotEmpty()
        .anyMatch(found -> found.matches(".*(" + rule + ").*"));
  }

  @Test
  void aStoreWithoutDefectsBreaksNoRule() {
    assertThat(rounds(Defect.NONE, 2)).isEmpty();
  }

  @Test
  void theMemoryStoreOfThisProcessBreaksNoRule() {
    try (TtlStore store = TtlStore.open("memory:");
        Deployment deployment = new InProcessDeployment(store)) {
      List<Violation> found = new Round(deployment, 1, 0, LOAD, List.of()).run(ROUND);
      assertThat(found.stream().map(Violation::toString).collect(Collectors.joining("\n")))
          .isEmpty();
    }
  }
}
