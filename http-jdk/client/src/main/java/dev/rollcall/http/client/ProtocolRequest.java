package dev.rollcall.http.client;

import java.io.IOException;
import java.util.function.Consumer;
import okhttp3.Request;
import okhttp3.Response;

/**
 * A request, and what its answer means.
 *
 * @param description what its errors name
 * @param http what is sent
 * @param reader reads the answer, whatever its status
 */
record ProtocolRequest<T>(
    CallDescription description, Request.Builder http, ResponseReader<T> reader) {

  /** Reads an answer, all of it that counts. */
  @FunctionalInterface
  interface ResponseReader<T> {
    T read(Response response) throws IOException;
  }

  /** Returns this with something to do for each answer that is read. */
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
