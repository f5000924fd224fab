package dev.rollcall.http.server.request;

import dev.rollcall.http.server.spi.ServerExchange;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One request on its way through the pipeline, on one thread at a time. */
public final class Request {
  private final ServerExchange exchange;
  private final RequestTarget target;
  private final Endpoint endpoint;
  private final ServiceReference reference;
  private final long startNanos = System.nanoTime();
  private String id = "";
  private InetAddress client;
  private @Nullable RequestBody body;
  private KeyScope keyScope = KeyScope.ALL;

  /**
   * Makes a request whose body has not been read.
   *
   * @param exchange the server's side of it
   * @param target what it was sent to
   * @param endpoint what that is
   * @param reference which service it is about
   */
  public Request(
      ServerExchange exchange,
      RequestTarget target,
      Endpoint endpoint,
      ServiceReference reference) {
    this.exchange = exchange;
    this.target = target;
    this.endpoint = endpoint;
    this.reference = reference;
    this.client = exchange.remoteAddress();
  }

  public ServerExchange exchange() {
    return exchange;
  }

  public RequestTarget target() {
    return target;
  }

  public Endpoint endpoint() {
    return endpoint;
  }

  public ServiceReference reference() {
    return reference;
  }

  /** Returns when its head had been read, by {@link System#nanoTime}. */
  public long startNanos() {
    return startNanos;
  }

  /** Returns what ties together all that it causes. */
  String id() {
    return id;
  }

  public void setId(String id) {
    this.id = id;
  }

  /** Returns the body; only for an endpoint that takes one. */
  public RequestBody body() {
    return Objects.requireNonNull(body, "body");
  }

  public void setBody(RequestBody body) {
    this.body = body;
  }

  /** Gives back what the body takes of memory, if there is one. */
  public void forgetBody() {
    if (body != null) {
      body.close();
    }
  }

  /** Returns what the key that it came with may write; everything where none is needed. */
  public KeyScope keyScope() {
    return keyScope;
  }

  public void setKeyScope(KeyScope keyScope) {
    this.keyScope = keyScope;
  }

  /** Returns the path as it was sent. */
  public String path() {
    return target.path();
  }

  /** Returns the value of a header; empty if it is absent or there is more than one. */
  public String header(String name) {
    List<String> values = exchange.headers(name);
    return values.size() == 1 ? values.get(0) : "";
  }

  /**
   * Returns who sends it. Known without the exchange, which its server may have taken back once the
   * response has been sent.
   */
  public InetAddress client() {
    return client;
  }

  /** Notes who sends it, where that is not the other end of the connection. */
  public void setClient(InetAddress client) {
    this.client = client;
  }
}
