package dev.rollcall.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Service;
import dev.rollcall.http.server.harness.CapturedErr;
import dev.rollcall.http.server.harness.ScriptedRegistry;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What an operator reads of what happens to services: not for the unit tests, whose log is quiet.
 */
class EventsIT {
  private static final String MINE = "X-Request-Id: mine";

  private final CapturedErr err = new CapturedErr();
  private final ServedRegistry served = new ServedRegistry();

  @AfterEach
  void close() {
    served.close();
    err.close();
  }

  private List<String> about(String event) {
    return err.lines().stream().filter(line -> line.contains(" event=" + event + " ")).toList();
  }

  @Test
  void aRegistrationIsToldWithItsIdAndUrl() {
    served.wire().register("{\"id\":\"a\",\"url\":\"http://h:1\",\"info\":{}}", MINE);

    assertThat(about("service.registered"))
        .singleElement()
        .asString()
        .matches(
            "time=\\S+Z level=info event=service.registered service_id=a client=127.0.0.1"
                + " name=a url=http://h:1 ttl=PT30S request_id=mine logger=dev.rollcall.http");
  }

  @Test
  void aDeregistrationIsTold() {
    served.wire().registered("a");
    served.wire().delete("/services/a");

    assertThat(about("service.deregistered"))
        .singleElement()
        .asString()
        .contains(" level=info ", " service_id=a ", " url=http://h:1 ");
  }

  @Test
  void theCredentialsOfAUrlThatAnotherRegistryTookAreNotShown() {
    var foreign = new ScriptedRegistry();
    String url = "http://user:hunter2@h:1/x";
    Instant then = Instant.EPOCH;
    foreign.holds(new Service("a", "a", url, Map.of(), then, then, then, then, 0));
    try (var server = RegistryHttpServer.builder(foreign).start()) {
      new Wire(server.address()).delete("/services/a");
    }

    assertThat(about("service.deregistered"))
        .singleElement()
        .asString()
        .contains(" url=http://***@h:1/x ");
  }

  @Test
  void theCredentialsOfAUrlThatIsRefusedAreNotShown() {
    served.wire().register("{\"url\":\"ftp://user:hunter2@h\",\"info\":{}}", MINE);

    assertThat(about("registration.failed")).singleElement().asString().doesNotContain("hunter2");
  }

  @Test
  void aRegistrationThatFailedIsToldWithItsReason() {
    served.wire().register("{\"url\":\"ftp://h\",\"info\":{}}", MINE);

    assertThat(about("registration.failed"))
        .singleElement()
        .asString()
        .contains(" level=warn ", " reason=invalid status=422 ", "/url", " request_id=mine ");
  }

  @Test
  void eachFieldThatIsWrongIsNamed() {
    served.wire().register("{\"id\":\"a/b\",\"url\":\"ftp://h\",\"info\":{}}", MINE);

    assertThat(about("registration.failed"))
        .singleElement()
        .asString()
        .contains(" reason=invalid status=422 ", " fields=/url,/id ");
  }

  @Test
  void aRefusedDeregistrationOfASupersededHolderIsTold() {
    String old = served.wire().registered("a");
    served.wire().registered("a");
    served.wire().delete("/services/a?lease=" + old);

    assertThat(about("service.superseded"))
        .singleElement()
        .asString()
        .contains(" level=info ", " service_id=a ", " operation=deregister ");
  }

  @Test
  void ofPingsAndReadsNothingIsSaid() {
    String old = served.wire().registered("a");
    String lease = served.wire().registered("a");
    int before = err.lines().size();

    served.wire().put("/services/a/$ping");
    served.wire().put("/services/a/$ping?lease=" + lease);
    served.wire().put("/services/a/$ping?lease=" + old);
    served.wire().put("/services/nobody/$ping");
    served.wire().get("/services");
    served.wire().get("/nothing");

    assertThat(err.lines()).hasSize(before);
  }

  @Test
  void whatACallerSendsStaysOnItsLineAndMovesNoCursor() {
    served
        .wire()
        .register(
            "{\"id\":\"x\\r\\nlevel=error event=forged\\u001b[2J\\u202e\",\"url\":\"h\",\"info\":1}");
    served.wire().register("{\"url\":\"http://h/\\u202e\",\"info\":{}}");
    served.wire().register("{\"url\":\"http://h/\\u001b]0;x\\u0007\",\"info\":{}}");

    assertThat(about("registration.failed")).hasSize(2);
    assertThat(about("forged")).isEmpty();
    assertThat(String.join("", err.lines())).doesNotContain("\u001b", "\u202e", "\u0007");
  }

  @Test
  void theServersStartAndStopAreTold() {
    served.close();

    assertThat(about("server.started"))
        .singleElement()
        .asString()
        .contains(" urls=" + served.server().url() + " ");
    assertThat(about("server.stopping")).hasSize(1);
    assertThat(about("server.stopped")).hasSize(1);
  }
}
