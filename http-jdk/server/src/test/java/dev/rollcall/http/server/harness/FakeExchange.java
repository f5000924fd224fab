package dev.rollcall.http.server.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.http.server.spi.ServerExchange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An exchange of no server at all. */
public final class FakeExchange implements ServerExchange {
  private final String method;
  private final String target;
  private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Map<String, String> responseHeaders = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final ByteArrayOutputStream response = new ByteArrayOutputStream();
  private ByteArrayInputStream body = new ByteArrayInputStream(new byte[0]);
  private String basePath = "";
  private int status;
  private int unreadAtCompletion;
  private boolean isComplete;
  private boolean isFailing;

  public FakeExchange(String method, String target) {
    this.method = method;
    this.target = target;
  }

  public FakeExchange basePath(String basePath) {
    this.basePath = basePath;
    return this;
  }

  public FakeExchange header(String name, String value) {
    headers.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
    return this;
  }

  public FakeExchange body(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    body = new ByteArrayInputStream(bytes);
    return header("Content-Length", Integer.toString(bytes.length));
  }

  /** Has the client be gone when the response is sent. */
  public FakeExchange failing() {
    isFailing = true;
    return this;
  }

  public int status() {
    return status;
  }

  public String responseHeader(String name) {
    return responseHeaders.getOrDefault(name, "");
  }

  public String text() {
    return response.toString(UTF_8);
  }

  public boolean isComplete() {
    return isComplete;
  }

  public int unreadAtCompletion() {
    return unreadAtCompletion;
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String target() {
    return target;
  }

  @Override
  public String basePath() {
    return basePath;
  }

  @Override
  public List<String> headers(String name) {
    return headers.getOrDefault(name, List.of());
  }

  @Override
  public InputStream body() {
    return body;
  }

  @Override
  public InetAddress remoteAddress() {
    return InetAddress.getLoopbackAddress();
  }

  @Override
  public InetSocketAddress localAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);
  }

  @Override
  public boolean isLoopbackOnly() {
    return false;
  }

  @Override
  public boolean isSecure() {
    return false;
  }

  @Override
  public void setHeader(String name, String value) {
    responseHeaders.put(name, value);
  }

  @Override
  public boolean isHeadSent() {
    return status != 0;
  }

  @Override
  public OutputStream sendHead(int sent, long length) throws IOException {
    if (isFailing) {
      throw new IOException("the client is gone");
    }
    status = sent;
    return response;
  }

  @Override
  public void complete() {
    unreadAtCompletion = body.available();
    isComplete = true;
  }
}
