package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the JSON body of a request, as far as it may be long. */
final class RequestBody {
  private static final int MAX_DRAIN_BYTES = 1 << 20;

  private RequestBody() {}

  /**
   * Reads the body.
   *
   * @throws ProblemException if it is not said to be JSON, or is too large; then most of it is left
   *     unread
   */
  static byte[] read(HttpExchange exchange, int maxBytes) throws IOException {
    checkType(exchange.getRequestHeaders().getFirst("Content-Type"));
    if (exchange.getRequestHeaders().containsKey("Content-Encoding")) {
      throw new ProblemException(Problem.unsupported("Send the body without a Content-Encoding"));
    }
    if (statedLength(exchange) > maxBytes) {
      throw new ProblemException(Problem.tooLarge(maxBytes));
    }
    byte[] body = exchange.getRequestBody().readNBytes(maxBytes);
    if (body.length == maxBytes && exchange.getRequestBody().read() >= 0) {
      throw new ProblemException(Problem.tooLarge(maxBytes));
    }
    return body;
  }

  private static void checkType(@Nullable String contentType) {
    if (contentType == null) {
      return;
    }
    String type = contentType.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
    if (!type.equals("application/json") && !type.endsWith("+json")) {
      throw new ProblemException(
          Problem.unsupported("'" + contentType + "' is not possible; send application/json"));
    }
  }

  private static long statedLength(HttpExchange exchange) {
    String length = exchange.getRequestHeaders().getFirst("Content-Length");
    try {
      return length == null ? 0 : Long.parseLong(length.trim());
    } catch (NumberFormatException e) {
      // The server reads what follows by its own idea of the length.
      return 0;
    }
  }

  /**
   * Reads on, up to a limit, when the answer has been sent: a connection that is closed over unread
   * input may lose the answer.
   */
  static void drain(HttpExchange exchange) throws IOException {
    InputStream body = exchange.getRequestBody();
    if (body.read() < 0) {
      return;
    }
    byte[] buffer = new byte[8192];
    int left = MAX_DRAIN_BYTES;
    while (left > 0) {
      int read = body.read(buffer, 0, Math.min(left, buffer.length));
      if (read < 0) {
        return;
      }
      left -= read;
    }
  }
}
