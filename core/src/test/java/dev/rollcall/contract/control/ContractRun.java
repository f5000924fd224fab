package dev.rollcall.contract.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Set;
import java.util.TreeSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs a contract on something that is to fail it. */
final class ContractRun {
  private ContractRun() {}

  /**
   * Returns the names of the tests that fail.
   *
   * @param passes how many pass at least: one that fails everything proves nothing
   */
  static Set<String> failuresOf(Class<?> contract, int passes) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(contract)).build();
    Set<String> failed = new TreeSet<>();
    Set<String> passed = new TreeSet<>();
    LauncherFactory.create()
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                switch (result.getStatus()) {
                  case SUCCESSFUL -> passed.add(test.getLegacyReportingName());
                  case FAILED -> failed.add(test.getLegacyReportingName());
                  case ABORTED -> {
                    // It is about something that the tested does not have, such as a history.
                  }
                }
              }
            });
    assertThat(passed).as("what passes").hasSizeGreaterThanOrEqualTo(passes);
    return failed;
  }
}
