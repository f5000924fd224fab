package dev.rollcall.http.server.response;

import dev.rollcall.http.server.memory.SlowClientMonitor;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.spi.ServerExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;

/**
 * A whole response. Its length is known before its first byte is sent, so an error before that
 * still gets a response of its own.
 *
 * @param status the status code
 * @param contentType of the body
 * @param body whoever sends the answer releases it
 * @param headers beside those of the body
 * @param problemType the type of the problem; empty if it is not a problem
 * @param briefBody the body to send if there is no room for the other; empty if the request is then
 *     refused
 */
public record Response(
    int status,
    String contentType,
    ResponseBody body,
    Map<String, String> headers,
    String problemType,
    Optional<ResponseBody> briefBody) {
  /** Says that the request will be answered later, by whoever has taken it. */
  public static final Response LATER = of(0, "", ResponseBody.EMPTY);

  public Response(
      int status,
      String contentType,
      ResponseBody body,
      Map<String, String> headers,
      String problemType) {
    this(status, contentType, body, headers, problemType, Optional.empty());
  }

  /** Returns whether this is {@link #LATER}. */
  public boolean isLater() {
    return status == 0;
  }

  public static Response of(int status, String contentType, ResponseBody body) {
    return new Response(status, contentType, body, Map.of(), "");
  }

  public static Response json(int status, ResponseBody body) {
    return of(status, "application/json", body);
  }

  /** Returns the response for a problem with a path. */
  public static Response problem(Problem problem, String instance) {
    return new Response(
        problem.status(),
        "application/problem+json",
        ResponseJson.problem(problem, instance),
        problem.headers(),
        problem.type());
  }

  /**
   * Returns it with a brief body to send if there is no room for the other: it is never refused.
   */
  public Response orBriefly(ResponseBody brief) {
    return new Response(status, contentType, body, headers, problemType, Optional.of(brief));
  }

  /** Returns the response with the brief body; empty if it has no brief body. */
  public Optional<Response> briefly() {
    return briefBody.map(
        brief -> new Response(status, contentType, brief, headers, problemType, Optional.empty()));
  }

  public Response with(String header, String value) {
    return new Response(status, contentType, body, Map.of(header, value), problemType, briefBody);
  }

  /** Sends it after the headers that are set, as far as the request's method wants it. */
  public void sendTo(ServerExchange exchange, SlowClientMonitor slowClients) throws IOException {
    // A head alone can block, too: its client may not have taken the responses before.
    try (SlowClientMonitor.Transfer transfer = slowClients.ofResponse()) {
      OutputStream out = exchange.sendHead(status, body.length());
      if (body.length() == 0 || exchange.method().equals("HEAD")) {
        return;
      }
      OutputStream content = new SlicedOutput(out, slowClients.sliceBytes(), transfer);
      body.writeTo(content);
      // Completing the exchange would wait for the rest of the request first.
      content.flush();
    }
  }
}
