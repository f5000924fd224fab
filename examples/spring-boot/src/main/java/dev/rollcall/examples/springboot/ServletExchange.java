package dev.rollcall.examples.springboot;

import dev.rollcall.http.server.spi.AsyncServerExchange;
import dev.rollcall.http.server.spi.WaitingOutput;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A request of a servlet container; one that waits for a change becomes asynchronous. */
final class ServletExchange implements AsyncServerExchange {
  private final HttpServletRequest request;
  private final HttpServletResponse response;
  private Thread containerThread = Thread.currentThread();
  private boolean isHeadSent;
  private @Nullable AsyncContext async;
  private @Nullable WaitingOutput waiting;

  ServletExchange(HttpServletRequest request, HttpServletResponse response) {
    this.request = request;
    this.response = response;
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String target() {
    @Nullable String query = request.getQueryString();
    return query == null ? request.getRequestURI() : request.getRequestURI() + "?" + query;
  }

  @Override
  public String basePath() {
    return request.getContextPath() + request.getServletPath();
  }

  @Override
  public List<String> headers(String name) {
    return Collections.list(request.getHeaders(name));
  }

  @Override
  public InputStream body() throws IOException {
    // Tomcat closes a request with the last byte of its response, and skips what is left itself.
    return isHeadSent ? InputStream.nullInputStream() : request.getInputStream();
  }

  @Override
  public InetAddress remoteAddress() {
    return address(request.getRemoteAddr());
  }

  @Override
  public InetSocketAddress localAddress() {
    return new InetSocketAddress(address(request.getLocalAddr()), request.getLocalPort());
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new UncheckedIOException("not an address", e);
    }
  }

  @Override
  public boolean isLoopbackOnly() {
    return false; // A servlet cannot tell: its connection may have come through loopback.
  }

  @Override
  public boolean isSecure() {
    return request.isSecure();
  }

  @Override
  public void setHeader(String name, String value) {
    response.setHeader(name, value);
  }

  @Override
  public boolean isHeadSent() {
    return isHeadSent;
  }

  @Override
  public OutputStream sendHead(int status, long length) throws IOException {
    response.setContentLengthLong(length);
    if (length > 0) {
      return sendHead(status);
    }
    isHeadSent = true;
    response.setStatus(status);
    return OutputStream.nullOutputStream();
  }

  @Override
  public OutputStream sendHead(int status) throws IOException {
    isHeadSent = true;
    response.setStatus(status);
    ServletOutputStream out = response.getOutputStream();
    if (async == null || Thread.currentThread() == containerThread) {
      return out;
    }
    // A blocked write of Tomcat's ends by its timeout alone; a wait ends by an interrupt, too.
    WaitingOutput output = new WaitingOutput(out, out::isReady);
    waiting = output;
    out.setWriteListener(
        new WriteListener() {
          @Override
          public void onWritePossible() {
            output.ready();
          }

          @Override
          public void onError(Throwable cause) {
            output.fail(cause);
          }
        });
    return output;
  }

  @Override
  public void startAsync() {
    async = request.startAsync();
    async.setTimeout(0); // The endpoints end each response within a minute.
  }

  @Override
  public Executor executor() {
    AsyncContext started = Objects.requireNonNull(async);
    return task ->
        started.start(
            () -> {
              containerThread = Thread.currentThread();
              task.run();
            });
  }

  /** Without a call of {@code startAsync} the container does it, when the servlet returns. */
  @Override
  public void complete() {
    if (async != null) {
      end(async::complete);
    }
  }

  /** Has the servlet called again, to throw what makes the container end the connection. */
  @Override
  public void abort() {
    AsyncContext started = Objects.requireNonNull(async);
    if (waiting == null) {
      end(started::dispatch);
    } else {
      // Before, the container would block until the client takes what has been written.
      waiting.whenReady(() -> end(started::dispatch));
    }
  }

  private static void end(Runnable step) {
    try {
      step.run();
    } catch (IllegalStateException | UnsupportedOperationException e) {
      // The container has ended the request already, since its client is gone or the servlet is.
    }
  }
}
