package dev.rollcall.http.server.jdk;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import dev.rollcall.http.server.spi.ServerExchange;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An exchange of the JDK's server. */
class JdkExchange implements ServerExchange {
  private static final int NO_BODY = -1;
  private static final int CHUNKED = 0;
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private final HttpExchange exchange;
  private final Headers requestHeaders;
  private final String basePath;
  private @Nullable InputStream body;
  private @Nullable InetAddress remoteAddress;
  private volatile boolean isHeadSent;

  JdkExchange(HttpExchange exchange, String basePath) {
    this.exchange = exchange;
    this.requestHeaders = exchange.getRequestHeaders(); // Jetty makes them anew each time.
    this.basePath = basePath;
  }

  @Override
  public String method() {
    return exchange.getRequestMethod();
  }

  @Override
  public String target() {
    return exchange.getRequestURI().toString();
  }

  @Override
  public String basePath() {
    return basePath;
  }

  @Override
  public List<String> headers(String name) {
    @Nullable List<String> values = requestHeaders.get(name);
    return values == null ? List.of() : values;
  }

  /**
   * Returns whether the name of each header is a token (RFC 9110, section 5.6.2). Where one is not,
   * it may have meant the body's length, and what follows may not be a request.
   */
  final boolean hasValidHeaderNames() {
    return requestHeaders.keySet().stream().allMatch(name -> TOKEN.matcher(name).matches());
  }

  @Override
  public InputStream body() {
    if (body == null) {
      body = new Body(exchange.getRequestBody());
    }
    return body;
  }

  @Override
  public InetAddress remoteAddress() {
    if (remoteAddress == null) { // The JDK takes locks to tell it.
      remoteAddress = exchange.getRemoteAddress().getAddress();
    }
    return remoteAddress;
  }

  @Override
  public InetSocketAddress localAddress() {
    return exchange.getLocalAddress();
  }

  @Override
  public boolean isLoopbackOnly() {
    // Not the connection's address: a server that listens everywhere is reached through loopback
    // by this host's other names as well.
    @Nullable InetSocketAddress address = exchange.getHttpContext().getServer().getAddress();
    return (address == null ? localAddress() : address).getAddress().isLoopbackAddress();
  }

  @Override
  public boolean isSecure() {
    return exchange instanceof HttpsExchange;
  }

  @Override
  public void setHeader(String name, String value) {
    exchange.getResponseHeaders().set(name, value);
  }

  @Override
  public boolean isHeadSent() {
    return isHeadSent;
  }

  @Override
  public OutputStream sendHead(int status, long length) throws IOException {
    boolean isToHead = method().equals("HEAD");
    if (isToHead) {
      setHeader("Content-Length", Long.toString(length));
    }
    isHeadSent = true;
    exchange.sendResponseHeaders(status, isToHead || length == 0 ? NO_BODY : length);
    return exchange.getResponseBody();
  }

  /** Sends the head of a response of unknown length. */
  final OutputStream sendStreamHead(int status) throws IOException {
    isHeadSent = true;
    exchange.sendResponseHeaders(status, method().equals("HEAD") ? NO_BODY : CHUNKED);
    return exchange.getResponseBody();
  }

  /**
   * Closes the exchange. Over one that is left open the JDK's server ends the connection, but over
   * a closed one it takes what follows a malformed body for a request.
   */
  @Override
  public void complete() {
    exchange.close();
  }

  /** A body of which a malformed chunk is an {@code IOException}, as all other bad input is. */
  private static final class Body extends FilterInputStream {
    Body(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      try {
        return in.read();
      } catch (IndexOutOfBoundsException e) {
        throw malformed(e);
      }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        return in.read(bytes, offset, length);
      } catch (IndexOutOfBoundsException e) {
        throw malformed(e);
      }
    }

    /** Up to 25 at least, the JDK takes a chunk of 80000000 bytes for one of a negative length. */
    private static IOException malformed(IndexOutOfBoundsException e) {
      return new IOException("a chunk is longer than can be", e);
    }
  }
}
