package dev.rollcall.http.server.routing;

import dev.rollcall.http.server.request.Endpoint;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.response.Response;
import dev.rollcall.http.server.response.ResponseBody;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A file of this jar, read when it is first asked for. Browsers ask each time whether it is new.
 */
final class PackagedFile implements Endpoint.Action {
  private static final String FOLDER = "/dev/rollcall/http/server/";
  private static final int OK = 200;
  private static final int NOT_MODIFIED = 304;

  private final String name;
  private final String contentType;
  private final Map<String, String> headers;
  private volatile @Nullable Response whole;

  /**
   * Creates a file that has not been read.
   *
   * @param name from the folder of the module's root package
   * @param headers what its answers have beside the usual
   */
  PackagedFile(String name, String contentType, Map<String, String> headers) {
    this.name = name;
    this.contentType = contentType;
    this.headers = headers;
  }

  @Override
  public Response answer(Request request) {
    Response answer = whole;
    if (answer == null) {
      answer = load();
      whole = answer;
    }
    boolean known = request.header("If-None-Match").equals(answer.headers().get("ETag"));
    return known
        ? new Response(
            NOT_MODIFIED, contentType, ResponseBody.EMPTY, answer.headers(), answer.problemType())
        : answer;
  }

  private Response load() {
    byte[] content = read();
    var all = new HashMap<>(headers);
    all.put("Cache-Control", "no-cache");
    all.put("ETag", etagOf(content));
    return new Response(OK, contentType, ResponseBody.of(content), Map.copyOf(all), "");
  }

  private byte[] read() {
    try (InputStream in = PackagedFile.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("the jar's " + name + " cannot be read", e);
    }
  }

  private static String etagOf(byte[] content) {
    var sum = new CRC32();
    sum.update(content);
    return "\"" + content.length + "-" + Long.toHexString(sum.getValue()) + "\"";
  }
}
