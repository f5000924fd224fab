package dev.rollcall.http.server.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetSocketAddress;

/** Ordinary requests of the protocol, each on a connection of its own. */
public final class Wire {
  private static final byte[] NOTHING = {};

  private final InetSocketAddress address;

  public Wire(InetSocketAddress address) {
    this.address = address;
  }

  public RawHttp.Answer get(String path) {
    return send("GET", path);
  }

  public RawHttp.Answer put(String path) {
    return send("PUT", path);
  }

  public RawHttp.Answer delete(String path) {
    return send("DELETE", path);
  }

  public RawHttp.Answer send(String method, String path, String... headers) {
    return send(method, path, NOTHING, headers);
  }

  public RawHttp.Answer send(String method, String path, byte[] body, String... headers) {
    var head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nConnection: close\r\n");
    String given = String.join("\n", headers);
    if (!given.contains("Host:")) {
      head.append("Host: localhost:9000\r\n");
    }
    if (method.equals("POST") && !given.contains("Content-Type:")) {
      head.append("Content-Type: application/json\r\n");
    }
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    if (body.length > 0) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    return RawHttp.exchange(address, head.append("\r\n").toString(), body);
  }

  public RawHttp.Answer register(String body, String... headers) {
    return register(body.getBytes(UTF_8), headers);
  }

  public RawHttp.Answer register(byte[] body, String... headers) {
    return send("POST", "/services/$register", body, headers);
  }

  /** Registers an ordinary service; returns its lease id. */
  public String registered(String id) {
    return register("{\"id\":\"%s\",\"url\":\"http://h:1\",\"info\":{}}".formatted(id))
        .json()
        .path("lease_id")
        .textValue();
  }
}
