package dev.rollcall.examples.robustness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The protocol as it stands, each request sent once. For use by one thread. */
final class RawRegistry implements Registry {
  private static final ObjectMapper JSON = JsonMapper.builder().build();
  private static final byte[] NO_BODY = {};

  private final HttpConnection connection;
  private final Predicate<String> isOurs;

  /**
   * Creates a way to one server.
   *
   * @param isOurs whether an id is one of this run, which lists are read for
   */
  RawRegistry(int port, Duration timeout, Predicate<String> isOurs) {
    this.isOurs = isOurs;
    this.connection = new HttpConnection(port, timeout);
  }

  @Override
  public void carryOut(Operation.Builder operation) {
    HttpConnection.Answer answer;
    try {
      answer = send(operation);
    } catch (IOException | RuntimeException e) {
      operation.outcome(Outcome.UNKNOWN).note(e.toString());
      return;
    }
    try {
      take(answer, operation);
    } catch (IOException | DateTimeException | ClassCastException e) {
      operation.outcome(Outcome.WRONG).note(e + " in " + shorten(answer.text()));
    }
  }

  private HttpConnection.Answer send(Operation.Builder operation) throws IOException {
    String path = "/services/" + operation.id();
    String query = operation.lease().map(lease -> "?lease=" + lease).orElse("");
    return switch (operation.kind()) {
      case REGISTER -> connection.send("POST", "/services/$register", registration(operation));
      case PING -> connection.send("PUT", path + "/$ping" + query, NO_BODY);
      case DEREGISTER -> connection.send("DELETE", path + query, NO_BODY);
      case FIND -> connection.send("GET", path, NO_BODY);
      case LIST -> connection.send("GET", "/services", NO_BODY);
    };
  }

  private static byte[] registration(Operation.Builder operation) throws JsonProcessingException {
    ObjectNode body = JSON.createObjectNode();
    body.put("id", operation.id());
    body.put("url", ServiceSnapshot.urlOf(operation.token()));
    body.putObject("info").put("token", operation.token());
    body.put("ttl_seconds", operation.ttl().toMillis() / 1e3);
    return JSON.writeValueAsBytes(body);
  }

  private void take(HttpConnection.Answer answer, Operation.Builder operation) throws IOException {
    int expected = operation.kind() == OperationKind.REGISTER ? 201 : 200;
    boolean hasId =
        operation.kind() != OperationKind.REGISTER && operation.kind() != OperationKind.LIST;
    boolean hasLease =
        operation.kind() == OperationKind.PING || operation.kind() == OperationKind.DEREGISTER;
    if (answer.status() == expected) {
      operation.outcome(Outcome.OK);
      takeBody(JSON.readTree(answer.body()), operation);
    } else if (answer.status() == TcpProxy.NOT_PASSED_ON) {
      operation.outcome(Outcome.NOT_SENT);
    } else if (answer.status() == 404 && hasId) {
      operation.outcome(Outcome.NOT_FOUND);
    } else if (answer.status() == 409 && hasLease && operation.lease().isPresent()) {
      operation.outcome(Outcome.SUPERSEDED);
    } else if (answer.status() >= 500) {
      operation.outcome(Outcome.UNKNOWN).note(answer.status() + " " + shorten(answer.text()));
    } else {
      throw new IOException("status " + answer.status());
    }
  }

  private void takeBody(JsonNode body, Operation.Builder operation) throws IOException {
    switch (operation.kind()) {
      case REGISTER -> {
        check(text(body, "id").equals(operation.id()), "another id");
        check(ttl(body, "ttl_seconds").equals(operation.ttl()), "another ttl");
        String lease = text(body, "lease_id");
        check(text(body, "ping_url").endsWith("?lease=" + lease), "another lease to ping with");
        operation.givenLease(lease);
      }
      case PING -> {
        check(text(body, "id").equals(operation.id()), "another id");
        Duration ttl = Duration.between(time(body, "last_ping_at"), time(body, "expires_at"));
        operation.ttl(ttl);
      }
      case DEREGISTER -> operation.shown(List.of(snapshot(node(body, "service"))));
      case FIND -> operation.shown(List.of(snapshot(body)));
      case LIST -> {
        List<ServiceSnapshot> shown = new ArrayList<>();
        JsonNode services = node(body, "services");
        check(node(body, "count").asInt(-1) == services.size(), "a wrong count");
        for (JsonNode service : services) {
          if (isOurs.test(text(service, "id"))) {
            shown.add(snapshot(service));
          }
        }
        operation.shown(shown);
      }
    }
  }

  private static ServiceSnapshot snapshot(JsonNode service) throws IOException {
    Instant pinged = time(service, "last_ping_at");
    Duration ttl = ttl(service, "ttl_seconds");
    check(Duration.between(pinged, time(service, "expires_at")).equals(ttl), "another end");
    return new ServiceSnapshot(
        text(service, "id"),
        text(node(service, "info"), "token"),
        text(service, "url"),
        time(service, "registered_at"),
        time(service, "last_updated"),
        ttl);
  }

  private static JsonNode node(JsonNode parent, String name) throws IOException {
    JsonNode node = parent.get(name);
    check(node != null, "no " + name);
    return node;
  }

  private static String text(JsonNode parent, String name) throws IOException {
    return node(parent, name).asText();
  }

  private static Instant time(JsonNode parent, String name) throws IOException {
    return OffsetDateTime.parse(text(parent, name)).toInstant();
  }

  private static Duration ttl(JsonNode parent, String name) throws IOException {
    return Duration.ofMillis(Math.round(node(parent, name).asDouble() * 1000));
  }

  private static void check(boolean holds, String otherwise) throws IOException {
    if (!holds) {
      throw new IOException(otherwise);
    }
  }

  private static String shorten(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200) + "…";
  }

  @Override
  public void close() {
    connection.close();
  }
}
