package dev.rollcall.http.server.spi;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * One HTTP request and its response. An adapter implements it over the exchange of an HTTP server,
 * and passes it to {@code RegistryEndpoints.handle}.
 *
 * <p>The endpoints read the request, then {@linkplain #setHeader set headers}, {@linkplain
 * #sendHead send the head} and write the body; then they skip what is left of the request's body,
 * and at last {@link #complete()} the exchange. A server that closes the request with the last byte
 * of the response, as Tomcat does, must not see the skipping: see {@link #body()}.
 *
 * <p>Used by one thread at a time. A method that reads from the client or writes to it blocks for
 * as long as the client takes. The endpoints interrupt a thread whose client is too slow; where the
 * server's streams ignore an interrupt, as those of Tomcat do, the server's own timeouts must end
 * such a connection.
 */
public interface ServerExchange {
  /**
   * Returns the request's method.
   *
   * @return the method as it was sent, such as {@code GET}
   */
  String method();

  /**
   * Returns the request's target.
   *
   * @return the path and the query as they were sent, with all of their escapes, such as {@code
   *     /services/a%20b?lease=1}; or an absolute URL, if the client sent one
   */
  String target();

  /**
   * Returns the path at which the endpoints are mounted.
   *
   * @return the path without a slash at its end, such as {@code /v2}; empty for the root
   */
  String basePath();

  /**
   * Returns the values of a header of the request.
   *
   * @param name the name, whose case makes no difference
   * @return a value for each time that the header was sent; empty if it was not
   */
  List<String> headers(String name);

  /**
   * Returns the request's body, without its transfer coding. Asked for again once the response has
   * been written, to skip what is left of the body. Of an event stream, and of a request that waits
   * for a change, the body is skipped before that.
   *
   * @return a stream that ends where the body ends; empty if there is no body, or if the server
   *     itself skips what is left after the response
   * @throws IOException if the client is gone
   */
  InputStream body() throws IOException;

  /**
   * Returns where the connection comes from: the client, or the proxy in front of the server.
   *
   * @return the address of the other end
   */
  InetAddress remoteAddress();

  /**
   * Returns where the connection arrived.
   *
   * @return the address of this end
   */
  InetSocketAddress localAddress();

  /**
   * Returns whether the server listens at loopback addresses alone, so that only this host reaches
   * it. Then, without service keys, the endpoints refuse requests for names of other hosts.
   *
   * @return false if it listens at others too, or if the adapter cannot tell
   */
  boolean isLoopbackOnly();

  /**
   * Returns whether the connection is encrypted.
   *
   * @return true for https
   */
  boolean isSecure();

  /**
   * Sets a header of the response, in place of any of that name. Has no effect once the head has
   * been sent.
   *
   * @param name the name
   * @param value the value, which is a single line
   */
  void setHeader(String name, String value);

  /**
   * Returns whether the head of the response has been sent.
   *
   * @return false as long as another response is possible
   */
  boolean isHeadSent();

  /**
   * Sends the status and the headers. Called once at most.
   *
   * @param status the status code
   * @param length the length of the body in bytes, 0 for none. The response to a HEAD request has
   *     this {@code Content-Length} and no body
   * @return where to write the body, as many bytes as were announced; not written to where there is
   *     no body, and never closed
   * @throws IOException if the client is gone
   */
  OutputStream sendHead(int status, long length) throws IOException;

  /**
   * Ends the exchange, whose response has been written whole and whose request has been read. Not
   * called if {@code handle} throws: then the connection must end.
   */
  void complete();
}
