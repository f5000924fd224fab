package dev.rollcall.http.client;

import java.io.IOException;
import java.util.function.Consumer;
import okhttp3.Request;
import okhttp3.Response;

/**
 * A request, and what its answer means.
 *
 * @param attempt what its errors name
 * @param request what is sent
 * @param reader reads the answer, whatever its status
 */
record Exchange<T>(Attempt attempt, Request.Builder request, Reader<T> reader) {

  /** Reads an answer, all of it that counts. */
  @FunctionalInterface
  interface Reader<T> {
    T read(Response response) throws IOException;
  }

  /** Returns this with something to do for each answer that is read. */
  Exchange<T> then(Consumer<T> action) {
    return new Exchange<>(
        attempt,
        request,
        response -> {
          T answer = reader.read(response);
          action.accept(answer);
          return answer;
        });
  }
}
