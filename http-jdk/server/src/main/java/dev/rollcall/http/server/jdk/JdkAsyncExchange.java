package dev.rollcall.http.server.jdk;

import com.sun.net.httpserver.HttpExchange;
import dev.rollcall.http.server.spi.AsyncServerExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Executor;

/** An exchange of a server that is ours: no filter of an application looks at its response. */
final class JdkAsyncExchange extends JdkExchange implements AsyncServerExchange {
  private final Executor executor;
  private final boolean isLoopbackOnly;

  JdkAsyncExchange(
      HttpExchange exchange, String basePath, Executor executor, boolean isLoopbackOnly) {
    super(exchange, basePath);
    this.executor = executor;
    this.isLoopbackOnly = isLoopbackOnly;
  }

  @Override
  public boolean isLoopbackOnly() {
    return isLoopbackOnly;
  }

  @Override
  public Executor executor() {
    return executor;
  }

  @Override
  public OutputStream sendHead(int status) throws IOException {
    return sendStreamHead(status);
  }

  @Override
  public Duration maxResponseTime() {
    return JdkServerLimits.maxResponseTime();
  }

  @Override
  public int maxConnections() {
    return JdkServerLimits.maxConnections();
  }

  /** Closes the exchange, which ends the connection where the response is not whole. */
  @Override
  public void abort() {
    complete();
  }
}
