package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON bodies of requests, as far as they may be long. Any number of short ones may be on
 * their way at once, but few long ones: so what slow senders make the server hold is bounded.
 */
final class BodyReader {
  /** Longer than what services say of themselves as a rule. */
  private static final int SHORT_BYTES = 16 << 10;

  private static final int MAX_LONG_BODIES = 32;
  private static final int MAX_DRAIN_BYTES = 1 << 20;

  private final int maxBytes;
  private final Semaphore longBodies = new Semaphore(MAX_LONG_BODIES);

  BodyReader(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Reads the body.
   *
   * @throws ProblemException if it is not said to be JSON, is too large, or is long while too many
   *     others are; then most of it is left unread
   */
  byte[] read(HttpExchange exchange) throws IOException {
    checkType(exchange.getRequestHeaders().get("Content-Type"));
    if (exchange.getRequestHeaders().containsKey("Content-Encoding")) {
      throw new ProblemException(Problem.unsupported("Send the body without a Content-Encoding"));
    }
    if (statedLength(exchange) > maxBytes) {
      throw new ProblemException(Problem.tooLarge(maxBytes));
    }
    try {
      byte[] start = exchange.getRequestBody().readNBytes(Math.min(maxBytes, SHORT_BYTES));
      return start.length < Math.min(maxBytes, SHORT_BYTES)
          ? start
          : readOn(start, exchange.getRequestBody());
    } catch (IndexOutOfBoundsException e) {
      throw badChunk(e);
    }
  }

  /** Up to 25 at least, the JDK takes a chunk of 80000000 bytes for one of fewer than none. */
  private static IOException badChunk(IndexOutOfBoundsException e) {
    return new IOException("a chunk is longer than can be", e);
  }

  private byte[] readOn(byte[] start, InputStream rest) throws IOException {
    if (!longBodies.tryAcquire()) {
      throw new ProblemException(Problem.busy());
    }
    try {
      byte[] more = rest.readNBytes(maxBytes - start.length);
      if (start.length + more.length == maxBytes && rest.read() >= 0) {
        throw new ProblemException(Problem.tooLarge(maxBytes));
      }
      byte[] whole = Arrays.copyOf(start, start.length + more.length);
      System.arraycopy(more, 0, whole, start.length, more.length);
      return whole;
    } finally {
      longBodies.release();
    }
  }

  /**
   * Checks that the body is said to be JSON. A page of any site can have a browser send a body
   * without a type, or as text; for JSON the browser asks the server first.
   */
  private static void checkType(@Nullable List<String> contentTypes) {
    if (contentTypes == null) {
      throw new ProblemException(
          Problem.unsupported("The body has no Content-Type; send application/json"));
    }
    String contentType = String.join(", ", contentTypes);
    String type = contentType.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
    boolean isJson = type.equals("application/json") || type.endsWith("+json");
    if (contentTypes.size() != 1 || !isJson) {
      throw new ProblemException(
          Problem.unsupported("'" + contentType + "' is not possible; send application/json"));
    }
  }

  /** Returns whether the request says that it has a body, even if nothing of it has come. */
  static boolean hasBody(HttpExchange exchange) {
    return statedLength(exchange) != 0
        || exchange.getRequestHeaders().containsKey("Transfer-Encoding");
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
    try {
      InputStream body = exchange.getRequestBody();
      if (body.read() >= 0) {
        drain(body);
      }
    } catch (IndexOutOfBoundsException e) {
      throw badChunk(e);
    }
  }

  private static void drain(InputStream body) throws IOException {
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
