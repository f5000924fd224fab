package dev.rollcall.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.http.client.harness.FakeRegistry;
import dev.rollcall.http.server.harness.CapturedErr;
import dev.rollcall.registrar.Registrar;
import org.junit.jupiter.api.Test;

/** What an operator reads of a registrar: not for the unit tests, whose log is quiet. */
class RegistrarLogIT {
  @Test
  void aServiceIsNamedByTheIdThatTheRegistryAssigned() {
    Registration registration = Registration.builder("http://h").id("asked").build();
    try (CapturedErr err = new CapturedErr();
        FakeRegistry fake =
            FakeRegistry.answering(
                    201, "{\"id\":\"assigned\",\"status\":\"registered\",\"ttl_seconds\":30}")
                .then(204, "");
        ServiceRegistry registry = HttpServiceRegistry.connect(fake.url())) {
      try (Registrar registrar = Registrar.builder(registry, registration).build()) {
        registrar.start();
      }

      assertThat(err.lines())
          .anyMatch(line -> line.contains("'assigned' is registered"))
          .anyMatch(line -> line.contains("'assigned' is deregistered"))
          .noneMatch(line -> line.contains("'asked'"));
    }
  }
}
