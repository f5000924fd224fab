package dev.rollcall.examples.springboot;

import dev.rollcall.http.server.spi.AsyncServerExchange;
import dev.rollcall.http.server.spi.WaitingOutput;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
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
  private final Thread serviceThread = Thread.currentThread();
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
    try {
      response.setHeader(name, value);
    } catch (IllegalStateException e) {
      // The container has ended the request, since its client is gone: sendHead says so.
    }
  }

  @Override
  public boolean isHeadSent() {
    return isHeadSent;
  }

  @Override
  public OutputStream sendHead(int status, long length) throws IOException {
    begin(status);
    response.setContentLengthLong(length);
    return length == 0 ? OutputStream.nullOutputStream() : output();
  }

  @Override
  public OutputStream sendHead(int status) throws IOException {
    begin(status);
    return output();
  }

  private void begin(int status) throws IOException {
    if (waiting != null && Thread.currentThread() == serviceThread) {
      throw new IOException("nobody else took the request, and this thread must not wait");
    }
    isHeadSent = true;
    try {
      response.setStatus(status);
    } catch (IllegalStateException e) {
      throw new IOException("the container has ended the request", e);
    }
  }

  private OutputStream output() throws IOException {
    return waiting == null ? response.getOutputStream() : waiting;
  }

  @Override
  public void startAsync() throws IOException {
    async = request.startAsync();
    async.setTimeout(0); // The endpoints end each response within a minute.
    // A blocked write of Tomcat's ends by its timeout alone; a wait ends by an interrupt, too.
    ServletOutputStream out = response.getOutputStream();
    WaitingOutput output = new WaitingOutput(out, out::isReady);
    ContainerEvents events = new ContainerEvents(output);
    out.setWriteListener(events);
    async.addListener(events);
    waiting = output;
  }

  @Override
  public Executor executor() {
    return Objects.requireNonNull(async)::start;
  }

  /** Without a call of {@code startAsync} the container does it, when the servlet returns. */
  @Override
  public void complete() {
    if (async != null) {
      whenTaken(async::complete);
    }
  }

  /** Has the servlet called again, to throw what makes the container end the connection. */
  @Override
  public void abort() {
    whenTaken(Objects.requireNonNull(async)::dispatch);
  }

  /** Before its client has taken what was written, the container would block a thread for it. */
  private void whenTaken(Runnable step) {
    Objects.requireNonNull(waiting).whenReady(() -> end(step));
  }

  private static void end(Runnable step) {
    try {
      step.run();
    } catch (IllegalStateException | UnsupportedOperationException e) {
      // The container has ended the request already, since its client is gone or the servlet is.
    }
  }

  /**
   * What the container says of a response. Where a write of another thread fails, Tomcat (11.0.22)
   * says so to the asynchronous request's listener alone; before that has returned it does not give
   * the objects of the response to the next request.
   */
  private record ContainerEvents(WaitingOutput output) implements WriteListener, AsyncListener {
    @Override
    public void onWritePossible() {
      output.ready();
    }

    @Override
    public void onError(Throwable cause) {
      output.fail(cause);
    }

    @Override
    public void onError(AsyncEvent event) {
      @Nullable Throwable cause = event.getThrowable();
      output.fail(cause == null ? new IOException("the container ended the request") : cause);
    }

    @Override
    public void onTimeout(AsyncEvent event) {}

    @Override
    public void onComplete(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {}
  }
}
