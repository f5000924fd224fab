package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rollcall.RegistryException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.client.harness.FakeRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an exception says: what was tried, where, and the server's own words, made safe. */
class ErrorMessageTest {
  private final FakeRegistry fake = FakeRegistry.hung();
  private final ServiceRegistry registry = HttpServiceRegistry.connect(fake.url());

  @AfterEach
  void close() {
    registry.close();
    fake.close();
  }

  private String messageFor(int status, String body) {
    fake.then(status, body);
    return catchThrowableOfType(RegistryException.class, registry::list).getMessage();
  }

  @Test
  void aMessageNamesTheOperationTheIdAndTheRegistry() {
    fake.then(500, "");

    assertThat(catchThrowable(() -> registry.deregister("my-service", "L")))
        .hasMessage(
            "deregister 'my-service' at %s: the registry answered 500".formatted(fake.url()));
    assertThat(catchThrowable(registry::list))
        .hasMessage("list at %s: the registry answered 500".formatted(fake.url()));
  }

  @Test
  void aMessageHoldsTheServersWords() {
    assertThat(messageFor(400, "{\"detail\":\"The detail\"}")).endsWith("400: The detail");
    assertThat(messageFor(400, "{\"type\":\"urn:x\",\"title\":\"The title\"}"))
        .endsWith("400: The title");
    assertThat(messageFor(503, "no healthy upstream\n")).endsWith("503: no healthy upstream");
    assertThat(messageFor(400, "{\"detail\":7,\"errors\":[7,{},{\"detail\":\"d\"}]}"))
        .endsWith("400: d");
    assertThat(
            messageFor(
                422,
                """
                {"detail":"2 fields are invalid","errors":[
                {"pointer":"/url","detail":"is required"},{"pointer":"/id","detail":"is no id"}]}
                """))
        .endsWith("422: 2 fields are invalid; /url: is required; /id: is no id");
    assertThat(
            messageFor(
                422,
                """
                {"detail":"/url: is required","errors":[{"pointer":"/url","detail":"is required"}]}
                """))
        .endsWith("422: /url: is required");
    assertThat(
            messageFor(
                422,
                """
                {"detail":[{"type":"missing","loc":["body","url"],"msg":"Field required"},
                {"loc":["body",3],"msg":"No"}]}
                """))
        .endsWith("422: /body/url: Field required; /body/3: No");
  }

  @Test
  void aMessageIsOneLineOfBoundedLength() {
    String message =
        messageFor(
            400,
            "{\"detail\":\"a\\r\\nb\\u001b[31m\\u2028\\u202ec\\ud83d" + "x".repeat(60_000) + "\"}");

    assertThat(message).contains("400: a  b [31m  c x").hasSizeLessThan(600);
    assertThat(message.codePoints()).noneMatch(Character::isISOControl);
  }

  @Test
  void anErrorBodyIsReadToABound() {
    assertThat(messageFor(400, "{\"detail\":\"" + "x".repeat(1 << 20) + "\"}"))
        .contains("400: xxx")
        .hasSizeLessThan(600);
    assertThat(messageFor(400, "{\"detail\":\"" + "x".repeat(17 << 20) + "\"}"))
        .contains("400: {")
        .hasSizeLessThan(600);
  }
}
