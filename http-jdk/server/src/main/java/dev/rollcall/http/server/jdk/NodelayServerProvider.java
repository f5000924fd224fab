package dev.rollcall.http.server.jdk;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import com.sun.net.httpserver.spi.HttpServerProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.ServiceLoader;

/**
 * Comes before the JDK's own provider of {@code HttpServer} to set the system property {@code
 * sun.net.httpserver.nodelay}, so that a server has it too that the application creates before it
 * uses this library. Leaves everything else to the provider that would have been used without it.
 *
 * <p>For the JDK's {@link ServiceLoader} alone.
 */
public final class NodelayServerProvider extends HttpServerProvider {
  private static final String PROVIDER_PROPERTY = "com.sun.net.httpserver.HttpServerProvider";
  private static final String JDK_PROVIDER = "sun.net.httpserver.DefaultHttpServerProvider";

  private final HttpServerProvider provider;

  /** Called by the {@link ServiceLoader}, on the first use of the JDK's server classes. */
  public NodelayServerProvider() {
    Nodelay.enable();
    this.provider = next();
    JdkServerLimits.areRead();
  }

  private static HttpServerProvider next() {
    // The JDK looks for providers in the same place, and takes the first.
    Iterator<ServiceLoader.Provider<HttpServerProvider>> others =
        ServiceLoader.load(HttpServerProvider.class, ClassLoader.getSystemClassLoader()).stream()
            .iterator();
    while (others.hasNext()) {
      ServiceLoader.Provider<HttpServerProvider> other = others.next();
      if (other.type() != NodelayServerProvider.class) {
        return other.get();
      }
    }
    return jdkProvider();
  }

  /**
   * Returns the JDK's own provider, which only the JDK can make: asked for by name, while the lock
   * that the JDK takes around its choice of a provider is held, as it is by the caller.
   */
  private static HttpServerProvider jdkProvider() {
    String before = System.setProperty(PROVIDER_PROPERTY, JDK_PROVIDER);
    try {
      return HttpServerProvider.provider();
    } finally {
      if (before == null) {
        System.clearProperty(PROVIDER_PROPERTY);
      } else {
        System.setProperty(PROVIDER_PROPERTY, before);
      }
    }
  }

  @Override
  public HttpServer createHttpServer(InetSocketAddress address, int backlog) throws IOException {
    return provider.createHttpServer(address, backlog);
  }

  @Override
  public HttpsServer createHttpsServer(InetSocketAddress address, int backlog) throws IOException {
    return provider.createHttpsServer(address, backlog);
  }
}
