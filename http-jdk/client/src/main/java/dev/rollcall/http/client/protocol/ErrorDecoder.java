package dev.rollcall.http.client.protocol;

import dev.rollcall.AccessDeniedException;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.RegistryBusyException;
import dev.rollcall.RegistryException;
import dev.rollcall.RegistryFullException;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.http.client.json.BoundedInputStream;
import dev.rollcall.http.client.json.LenientJson;
import dev.rollcall.http.client.json.ProblemBody;
import dev.rollcall.http.client.log.TextSanitizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import okhttp3.HttpUrl;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Turns an answer that is no success into an exception. The status decides; the body adds words.
 */
public final class ErrorDecoder {
  private static final String TYPE = ProblemBody.ROLLCALL;

  /** A registry that keeps no history keeps none a second later, though this is a 501. */
  private static final String NO_HISTORY = TYPE + "history-unsupported";

  private static final int MAX_SHOWN_LENGTH = 80;
  private static final int CLIENT_ERRORS = 400;
  private static final int SERVER_ERRORS = 500;

  private final InstantSource wallClock;
  private final TextSanitizer sanitizer;

  public ErrorDecoder(InstantSource wallClock, TextSanitizer sanitizer) {
    this.wallClock = wallClock;
    this.sanitizer = sanitizer;
  }

  /**
   * Returns the exception for an answer that is no success.
   *
   * <p>A refusal counts only if a registry wrote it. A proxy, or an application in the registry's
   * place, refuses what it does not know; that says no more than that the registry cannot be
   * reached. The same holds for a path or a method that does not exist, whoever says so: a registry
   * has all of them.
   */
  RegistryException read(CallDescription description, Response response) {
    byte[] body = bodyOf(response);
    return of(description, response, body, ProblemBody.of(body));
  }

  /** Does the same with an answer whose body has been read. */
  RegistryException of(
      CallDescription description, Response response, byte[] body, ProblemBody problem) {
    int status = response.code();
    String message = messageOf(description, status, problem);
    if (problem.type().equals(NO_HISTORY)) {
      return new RejectedException(message, null);
    }
    if (isUnavailable(status)) {
      return unavailable(problem.type(), message, RetryAfter.of(response, wallClock).orElse(null));
    }
    if (!problem.isOfRegistry() || status < CLIENT_ERRORS) {
      return foreign(description, response, body);
    }
    return isNotThere(status)
        ? new RegistryUnavailableException(message + hint(response), null, null)
        : refusal(description, status, message);
  }

  /** Returns the exception for the outcome of one ping of several that is no success. */
  RegistryException ofOutcome(CallDescription description, int status, ProblemBody problem) {
    String message = messageOf(description, status, problem);
    if (isUnavailable(status)) {
      return unavailable(problem.type(), message, null);
    }
    return isNotThere(status)
        ? new RegistryUnavailableException(message, null, null)
        : refusal(description, status, message);
  }

  private String messageOf(CallDescription description, int status, ProblemBody problem) {
    String text = sanitizer.of(problem.text());
    return description + ": the registry answered " + status + (text.isEmpty() ? "" : ": ") + text;
  }

  private static boolean isUnavailable(int status) {
    return status == 408 || status == 429 || status >= SERVER_ERRORS;
  }

  private static boolean isNotThere(int status) {
    return status == 404 || status == 405;
  }

  private static RegistryException refusal(
      CallDescription description, int status, String message) {
    return switch (status) {
      case 401, 403 -> new AccessDeniedException(message, null);
      case 409 ->
          description.operation().isFenced()
              ? new LeaseSupersededException(message, null)
              : new RejectedException(message, null);
      default -> new RejectedException(message, null);
    };
  }

  /** Returns the exception for an answer that no registry gives. */
  RegistryUnavailableException foreign(
      CallDescription description, Response response, byte[] body) {
    return new RegistryUnavailableException(
        foreignMessage(description, response, body), null, null);
  }

  /** Describes such an answer, so that a reader recognizes a login page or another application. */
  String foreignMessage(CallDescription description, Response response, byte[] body) {
    String type = response.header("Content-Type", "");
    String start = new String(body, StandardCharsets.UTF_8).strip();
    return description
        + ": what answered there is not a registry: "
        + response.code()
        + (type.isEmpty() ? "" : " " + sanitizer.of(type, MAX_SHOWN_LENGTH))
        + (start.isEmpty() ? ", no body" : ": " + sanitizer.of(start, MAX_SHOWN_LENGTH))
        + hint(response);
  }

  /** Returns what to check if an answer suggests that the registry's URL is wrong; else nothing. */
  private String hint(Response response) {
    int status = response.code();
    HttpUrl asked = response.request().url();
    if (isNotThere(status)) {
      return "; asked for the path '"
          + sanitizer.of(asked.encodedPath())
          + "': check the base path of the registry's URL";
    }
    HttpUrl target = response.isRedirect() ? asked.resolve(response.header("Location", "")) : null;
    return target == null
        ? ""
        : "; it redirects to "
            + sanitizer.of(originOf(target))
            + ", and redirects are not followed: check the registry's URL";
  }

  /** Returns scheme, host and port: everything else in a URL may be secret. */
  private static String originOf(HttpUrl url) {
    String root =
        new HttpUrl.Builder()
            .scheme(url.scheme())
            .host(url.host())
            .port(url.port())
            .build()
            .toString();
    return root.substring(0, root.length() - 1);
  }

  /** Returns the body as far as it came: the status is known, and says the most. */
  static byte[] bodyOf(Response response) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try {
      InputStream in = new BoundedInputStream(response.body().byteStream(), LenientJson.MAX_BYTES);
      in.transferTo(body);
    } catch (IOException e) {
      return body.toByteArray();
    }
    return body.toByteArray();
  }

  private static RegistryException unavailable(
      String type, String message, @Nullable Duration wait) {
    return switch (type) {
      case TYPE + "store-unavailable" -> new StoreUnavailableException(message, null, wait);
      case TYPE + "full" -> new RegistryFullException(message, null, wait);
      case TYPE + "busy" -> new RegistryBusyException(message, null, wait);
      default -> new RegistryUnavailableException(message, null, wait);
    };
  }
}
