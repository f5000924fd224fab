package dev.rollcall.app;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import com.sun.net.httpserver.spi.HttpServerProvider;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Somebody else's provider, which tells when it is asked. */
public final class OtherProvider extends HttpServerProvider {
  private final HttpServerProvider jdk;

  public OtherProvider() throws ReflectiveOperationException {
    jdk =
        Class.forName("sun.net.httpserver.DefaultHttpServerProvider")
            .asSubclass(HttpServerProvider.class)
            .getDeclaredConstructor()
            .newInstance();
  }

  @Override
  public HttpServer createHttpServer(InetSocketAddress address, int backlog) throws IOException {
    System.out.println("other provider: http");
    return jdk.createHttpServer(address, backlog);
  }

  @Override
  public HttpsServer createHttpsServer(InetSocketAddress address, int backlog) throws IOException {
    System.out.println("other provider: https");
    return jdk.createHttpsServer(address, backlog);
  }
}
