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
import org.apache.coyote.CloseNowException;
import org.jspecify.annotations.Nullable;

/**
 * A request of a servlet container; one that waits for a change becomes asynchronous. Its response
 * is written by threads of the container alone, in turns that {@code AsyncContext.dispatch} asks
 * for. Where a write of another thread fails, while a thread of Tomcat (11.0.22) that has called
 * {@code onWritePossible} is on its way back, Tomcat gives the objects of the response to another
 * request at once, and what the other thread does with them next ends that request's connection.
 */
final class ServletExchange implements AsyncServerExchange {
  private static final long UNKNOWN_LENGTH = -1;

  private final HttpServletRequest request;
  private final HttpServletResponse response;
  private final String servletPath;
  private final Thread serviceThread = Thread.currentThread();
  private boolean isHeadSent;
  private volatile @Nullable AsyncContext async;
  private volatile @Nullable WaitingOutput waiting;
  private volatile boolean isAborted;

  ServletExchange(HttpServletRequest request, HttpServletResponse response) {
    this.request = request;
    this.response = response;
    this.servletPath = request.getServletPath();
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
    return request.getContextPath() + servletPath;
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
    return begin(status, length);
  }

  @Override
  public OutputStream sendHead(int status) throws IOException {
    return begin(status, UNKNOWN_LENGTH);
  }

  private OutputStream begin(int status, long length) throws IOException {
    WaitingOutput late = waiting;
    if (late != null && Thread.currentThread() == serviceThread) {
      throw new IOException("nobody else took the request, and this thread must not wait");
    }
    isHeadSent = true;
    try {
      response.setStatus(status);
      if (length != UNKNOWN_LENGTH) {
        response.setContentLengthLong(length);
      }
    } catch (IllegalStateException e) {
      throw new IOException("the container has ended the request", e);
    }
    if (length == 0) {
      return OutputStream.nullOutputStream();
    }
    return late == null ? response.getOutputStream() : late;
  }

  @Override
  public void startAsync() throws IOException {
    request.setAttribute(ServletExchange.class.getName(), this);
    WaitingOutput output = new WaitingOutput(this::dispatch);
    async = begun(output);
    waiting = output;
  }

  /** Has the container call the servlet again. */
  private void dispatch() {
    // Any path that leads to it; the request's own may have escapes that Tomcat does not dispatch.
    Objects.requireNonNull(async).dispatch(servletPath + "/");
  }

  private AsyncContext begun(WaitingOutput output) {
    AsyncContext context = request.startAsync();
    context.setTimeout(0); // The endpoints end each response within a minute.
    context.addListener(new Failures(output));
    return context;
  }

  /** Goes on with a request that was dispatched to its servlet again, on the container's thread. */
  static void resume(HttpServletRequest dispatched) throws IOException {
    ServletExchange exchange =
        (ServletExchange) dispatched.getAttribute(ServletExchange.class.getName());
    exchange.resume();
  }

  private void resume() throws IOException {
    if (isAborted) {
      throw new CloseNowException(); // Tomcat does not log it.
    }
    WaitingOutput output = Objects.requireNonNull(waiting);
    async = begun(output);
    ServletOutputStream out = response.getOutputStream();
    out.setWriteListener(new Turns(output, out));
  }

  @Override
  public Executor executor() {
    return Objects.requireNonNull(async)::start;
  }

  /** Without a call of {@code startAsync} the container does it, when the servlet returns. */
  @Override
  public void complete() {
    if (waiting != null) {
      whenTaken(() -> Objects.requireNonNull(async).complete());
    }
  }

  /** Has the servlet called again, to throw what makes the container end the connection. */
  @Override
  public void abort() {
    isAborted = true;
    whenTaken(this::dispatch);
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

  /** Writes when the container says so. */
  private record Turns(WaitingOutput output, ServletOutputStream out) implements WriteListener {
    @Override
    public void onWritePossible() {
      output.ready(out, out::isReady);
    }

    @Override
    public void onError(Throwable cause) {
      output.fail(cause);
    }
  }

  /** Hears that the container has ended the request, before it uses its objects for another one. */
  private record Failures(WaitingOutput output) implements AsyncListener {
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
