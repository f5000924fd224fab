package dev.rollcall.http.client.protocol;

import java.io.IOException;
import java.util.function.Consumer;
import okhttp3.Request;
import okhttp3.Response;

/**
 * A request of the protocol, and how to read its answer.
 *
 * @param description what its error messages name
 * @param http what is sent
 * @param reader reads the answer, whatever its status
 */
public record ProtocolRequest<T>(
    CallDescription description, Request.Builder http, ResponseReader<T> reader) {

  /** Reads an answer, as far as it matters. */
  @FunctionalInterface
  public interface ResponseReader<T> {
    T read(Response response) throws IOException;
  }

  /** Returns a request that also passes each answer to an action. */
  ProtocolRequest<T> then(Consumer<T> action) {
    return new ProtocolRequest<>(
        description,
        http,
        response -> {
          T answer = reader.read(response);
          action.accept(answer);
          return answer;
        });
  }
}
