package dev.rollcall.http.server.tls;

import java.security.KeyManagementException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A context whose engines report handshakes that fail. The JDK's server closes such a connection
 * without a word, and its client often knows no more than that it was closed.
 */
public final class ReportingContext extends SSLContext {
  private ReportingContext(SSLContext context, HandshakeLog log) {
    super(new Spi(context, log), context.getProvider(), context.getProtocol());
  }

  /** Reports of a context that is initialized. */
  public static SSLContext of(SSLContext context) {
    return new ReportingContext(
        context, new HandshakeLog(LoggerFactory.getLogger("dev.rollcall.http"), System::nanoTime));
  }

  private static final class Spi extends SSLContextSpi {
    private final SSLContext context;
    private final HandshakeLog log;

    Spi(SSLContext context, HandshakeLog log) {
      this.context = context;
      this.log = log;
    }

    @Override
    protected void engineInit(
        KeyManager @Nullable [] keys, TrustManager @Nullable [] trusted, SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException("it is initialized already");
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return new ReportingEngine(context.createSSLEngine(), log);
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return new ReportingEngine(context.createSSLEngine(host, port), log);
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return context.getSocketFactory();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return context.getServerSocketFactory();
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return context.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return context.getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
      return context.getDefaultSSLParameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return context.getSupportedSSLParameters();
    }
  }
}
