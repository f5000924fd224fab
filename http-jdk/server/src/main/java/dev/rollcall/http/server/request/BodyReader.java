package dev.rollcall.http.server.request;

import dev.rollcall.http.server.memory.MemoryBudget;
import dev.rollcall.http.server.memory.SlowClientMonitor;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.server.spi.ServerExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;

/**
 * Reads the JSON bodies of requests, as far as they may be long and there is room for them: so what
 * senders make the server hold is bounded, however many they are and however slow.
 */
public final class BodyReader {
  /** Room for a body of unknown length is taken in blocks of this size. */
  private static final int BLOCK = 16 << 10;

  private static final int MAX_DRAIN_BYTES = 1 << 20;

  /** A tenth of the connections that a heap of 64 MB has, for those who have been refused. */
  private static final int MAX_DRAINS = 64;

  private final Semaphore drains = new Semaphore(MAX_DRAINS);

  private final int maxBytes;
  private final MemoryBudget budget;
  private final SlowClientMonitor slowClients;

  public BodyReader(int maxBytes, MemoryBudget budget, SlowClientMonitor slowClients) {
    this.maxBytes = maxBytes;
    this.budget = budget;
    this.slowClients = slowClients;
  }

  /**
   * Reads the body, for the caller to close.
   *
   * @param client whose share of the room it takes
   * @throws ProblemException if its type is not JSON, it is too large, or there is no room for it
   *     now; then most of it is left unread
   */
  public RequestBody read(ServerExchange exchange, InetAddress client) throws IOException {
    checkType(exchange.headers("Content-Type"));
    if (!exchange.headers("Content-Encoding").isEmpty()) {
      throw new ProblemException(Problem.unsupported("Send the body without a Content-Encoding"));
    }
    long stated = statedLength(exchange);
    if (stated > maxBytes) {
      throw new ProblemException(Problem.tooLarge(maxBytes));
    }
    var body = new RequestBody(budget, client);
    boolean isRead = false;
    try (SlowClientMonitor.Transfer transfer = slowClients.ofBody()) {
      InputStream in = exchange.body();
      if (stated > 0) {
        readBlock(in, body, (int) stated, transfer);
      } else if (hasBody(exchange)) {
        readBlocks(in, body, transfer);
      }
      isRead = true;
      return body;
    } finally {
      if (!isRead) {
        body.close();
      }
    }
  }

  private void readBlocks(InputStream in, RequestBody body, SlowClientMonitor.Transfer transfer)
      throws IOException {
    boolean isWhole = false;
    while (!isWhole) {
      int size = Math.min(BLOCK, maxBytes - body.length());
      if (size == 0) {
        if (in.read() >= 0) {
          throw new ProblemException(Problem.tooLarge(maxBytes));
        }
        return;
      }
      isWhole = readBlock(in, body, size, transfer) < size;
    }
  }

  /** Reads a block as far as there is one, and returns how far. */
  private static int readBlock(
      InputStream in, RequestBody body, int size, SlowClientMonitor.Transfer transfer)
      throws IOException {
    body.take(size);
    byte[] block = new byte[size];
    int used = 0;
    while (used < size) {
      int read = in.read(block, used, size - used);
      if (read < 0) {
        break;
      }
      used += read;
      transfer.moved(read);
    }
    body.add(block, used);
    return used;
  }

  /**
   * Checks that the body is said to be JSON. A page of any site can have a browser send a body
   * without a type, or as text; for JSON the browser asks the server first.
   */
  private static void checkType(List<String> contentTypes) {
    if (contentTypes.isEmpty()) {
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
  public static boolean hasBody(ServerExchange exchange) {
    return statedLength(exchange) != 0 || isInChunks(exchange);
  }

  private static boolean isInChunks(ServerExchange exchange) {
    return !exchange.headers("Transfer-Encoding").isEmpty();
  }

  /**
   * Returns 0 also for a body in chunks, whatever length is said beside (RFC 9112, section 6.3).
   */
  private static long statedLength(ServerExchange exchange) {
    List<String> lengths = isInChunks(exchange) ? List.of() : exchange.headers("Content-Length");
    try {
      return lengths.isEmpty() ? 0 : Long.parseLong(lengths.get(0).trim());
    } catch (NumberFormatException e) {
      // The server reads what follows by its own idea of the length.
      return 0;
    }
  }

  /**
   * Reads a body that nobody wants, before its request is answered by another thread: ending the
   * exchange may wait for the rest of the body, and must not hold that thread.
   *
   * @throws ProblemException if the body is longer than what is skipped
   * @throws IOException if it is left unread, since too many wait for theirs
   */
  public void skip(ServerExchange exchange) throws IOException {
    if (hasBody(exchange) && !isDrained(exchange)) {
      throw new ProblemException(Problem.tooLarge(MAX_DRAIN_BYTES));
    }
  }

  /**
   * Reads on, up to a limit, when the answer has been sent: a connection that is closed over unread
   * input may lose the answer.
   *
   * @throws IOException if the rest is left unread, since too many wait for theirs
   */
  public void drain(ServerExchange exchange) throws IOException {
    if (hasBody(exchange)) {
      var unused = isDrained(exchange);
    }
  }

  /** Reads on, up to a limit, and returns whether the body has ended. */
  private boolean isDrained(ServerExchange exchange) throws IOException {
    if (!drains.tryAcquire()) {
      throw new IOException("too many wait for the rest of a body");
    }
    try (SlowClientMonitor.Transfer transfer = slowClients.ofRest()) {
      InputStream body = exchange.body();
      return body.read() < 0 || isDrained(body, transfer);
    } finally {
      drains.release();
    }
  }

  private static boolean isDrained(InputStream body, SlowClientMonitor.Transfer transfer)
      throws IOException {
    byte[] buffer = new byte[8192];
    int left = MAX_DRAIN_BYTES;
    while (left > 0) {
      int read = body.read(buffer, 0, Math.min(left, buffer.length));
      if (read < 0) {
        return true;
      }
      left -= read;
      transfer.moved(read);
    }
    return false;
  }
}
