package dev.rollcall.http.server.request;

import dev.rollcall.http.server.spi.ServerExchange;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.MDC;

/**
 * The id that connects a request with its response, which repeats it, and with the lines that it
 * causes in the log, whose context (MDC) has it while the request runs.
 */
public final class RequestId {
  static final String HEADER = "X-Request-Id";

  /** What the log's context calls it. */
  static final String KEY = "request_id";

  private static final int MAX_LENGTH = 64;

  private RequestId() {}

  /** Takes the request's id if it is plain, otherwise creates an id. */
  public static String begin(ServerExchange exchange) {
    List<String> sent = exchange.headers(HEADER);
    String id = !sent.isEmpty() && isPlain(sent.get(0)) ? sent.get(0) : make();
    exchange.setHeader(HEADER, id);
    MDC.put(KEY, id);
    return id;
  }

  /** Takes the request up again, on another thread. */
  public static void resume(Request request) {
    MDC.put(KEY, request.id());
  }

  public static void end() {
    MDC.remove(KEY);
  }

  /** Returns whether a text may stand in headers and logs as it is: 1 to 64 plain characters. */
  static boolean isPlain(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_LENGTH
        && text.chars().allMatch(RequestId::isPlain);
  }

  private static boolean isPlain(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '-';
  }

  /** Creates an id that no other recent request has; it may be easy to guess. */
  private static String make() {
    return Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
  }
}
