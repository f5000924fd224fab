package dev.rollcall.examples.springboot;

import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.spi.ServerExchange;
import jakarta.servlet.http.HttpServlet;
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
import org.jspecify.annotations.Nullable;

/** The endpoints of a registry as a servlet, to be mapped to a path such as {@code /registry/*}. */
final class RegistryServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private final transient RegistryEndpoints endpoints;

  RegistryServlet(RegistryEndpoints endpoints) {
    this.endpoints = endpoints;
  }

  /** Answers a request; what it throws makes the container end the connection. */
  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    endpoints.handle(new ServletExchange(request, response));
  }

  private static final class ServletExchange implements ServerExchange {
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private boolean isHeadSent;

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
      isHeadSent = true;
      response.setStatus(status);
      response.setContentLengthLong(length);
      return response.getOutputStream();
    }

    @Override
    public void complete() {
      // The container ends the exchange when the servlet returns.
    }
  }
}
