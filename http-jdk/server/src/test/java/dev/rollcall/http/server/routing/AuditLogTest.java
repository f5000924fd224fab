package dev.rollcall.http.server.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.contract.ManualClock;
import dev.rollcall.http.server.address.ClientAddress;
import dev.rollcall.http.server.harness.FakeExchange;
import dev.rollcall.http.server.harness.ListLogger;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.request.Endpoint;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.request.RequestKind;
import dev.rollcall.http.server.request.RequestTarget;
import dev.rollcall.http.server.request.ServiceReference;
import dev.rollcall.http.server.response.Response;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuditLogTest {
  private final ManualClock clock = new ManualClock();
  private final ListLogger log = new ListLogger();
  private final AuditLog audit = new AuditLog(log, ClientAddress.CONNECTION, clock);

  private void refused(Problem problem, int count) {
    var register = new Endpoint("register", RequestKind.WRITE, request -> Response.LATER);
    for (int i = 0; i < count; i++) {
      var exchange = new FakeExchange("POST", "/services/$register");
      var target = RequestTarget.of(exchange.target());
      audit.refused(new Request(exchange, target, register, ServiceReference.NONE), problem);
    }
  }

  private List<String> about(String reason) {
    return log.lines().stream().filter(line -> line.contains(" reason=" + reason + " ")).toList();
  }

  @Test
  void aFloodOfOneRefusalIsSomeLinesAndHidesNoOther() {
    refused(Problem.unauthorized(), 10_000);
    refused(Problem.malformed("no JSON"), 1);

    assertThat(about("unauthorized")).hasSize(10);
    assertThat(about("malformed")).hasSize(1);

    clock.advance(Duration.ofMinutes(1));
    refused(Problem.unauthorized(), 1);
    assertThat(about("unauthorized")).hasSize(11).last().asString().endsWith(" left_out=9990");
  }
}
