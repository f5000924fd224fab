package dev.rollcall.http.client.transport;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/**
 * Creates each socket by the context that there is by then. So a socket that is open keeps what it
 * was created with, and no session of a former context is resumed with what that has shown.
 *
 * <p>Safe for use by any number of threads.
 */
final class ReloadingSocketFactory extends SSLSocketFactory {
  private final Supplier<SSLContext> contexts;

  /**
   * Creates a factory.
   *
   * @param contexts is asked for each socket
   */
  ReloadingSocketFactory(Supplier<SSLContext> contexts) {
    this.contexts = contexts;
  }

  private SSLSocketFactory current() {
    return contexts.get().getSocketFactory();
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return current().getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return current().getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket() throws IOException {
    return current().createSocket();
  }

  @Override
  public Socket createSocket(Socket around, String host, int port, boolean autoClose)
      throws IOException {
    return current().createSocket(around, host, port, autoClose);
  }

  @Override
  public Socket createSocket(Socket around, InputStream consumed, boolean autoClose)
      throws IOException {
    return current().createSocket(around, consumed, autoClose);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return current().createSocket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return current().createSocket(host, port, localHost, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return current().createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return current().createSocket(host, port, localHost, localPort);
  }
}
