package dev.rollcall.http.server.problem;

import dev.rollcall.http.wire.UntrustedText;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * An error as RFC 9457 has it.
 *
 * @param type the last part of its URN
 * @param title the same for all of this type
 * @param status the status code
 * @param detail what is wrong here, with which value, and what to do
 * @param errors the parts of the request that are wrong
 * @param headers what the answer's head must say with it
 */
public record Problem(
    String type,
    String title,
    int status,
    String detail,
    List<Fault> errors,
    Map<String, String> headers) {
  private static final int MAX_DETAIL_LENGTH = 500;
  private static final String RETRY_AFTER = "Retry-After";

  public Problem {
    detail = shown(detail);
  }

  Problem(String type, String title, int status, String detail) {
    this(type, title, status, detail, List.of(), Map.of());
  }

  Problem with(String header, String value) {
    return new Problem(type, title, status, detail, errors, Map.of(header, value));
  }

  /** Returns it with a time after which to try again, unless it says another. */
  public Problem orRetryAfter(long seconds) {
    return headers.containsKey(RETRY_AFTER) ? this : with(RETRY_AFTER, Long.toString(seconds));
  }

  /**
   * What is wrong with one part of a request.
   *
   * @param member the name that JSON gives to the place: {@code pointer} or {@code parameter}
   * @param place a JSON pointer into the body, or the name of a parameter of the query; empty for
   *     the whole
   * @param detail what is wrong with it
   */
  public record Fault(String member, String place, String detail) {
    private static final String POINTER = "pointer";
    private static final String PARAMETER = "parameter";

    public Fault {
      place = shown(place);
      detail = shown(detail);
    }

    /** Returns what is wrong with a field of the body. */
    public static Fault ofField(String pointer, String detail) {
      return new Fault(POINTER, pointer, detail);
    }

    /** Returns what is wrong with a parameter of the query. */
    public static Fault ofParameter(String name, String detail) {
      return new Fault(PARAMETER, name, detail);
    }

    @Override
    public String toString() {
      String whole = member.equals(POINTER) ? "The body" : "The query";
      return (place.isEmpty() ? whole : place + ":") + " " + detail;
    }
  }

  public static Problem invalid(List<Fault> errors) {
    return new Problem(
        "invalid",
        "Invalid registration",
        422,
        errors.size() == 1
            ? errors.get(0).toString()
            : errors.size() + " fields are invalid; see errors",
        errors,
        Map.of());
  }

  public static Problem invalidBatch(List<Fault> errors) {
    return new Problem(
        "invalid-batch",
        "Invalid batch of pings",
        422,
        errors.size() == 1
            ? errors.get(0).toString()
            : "The batch has " + errors.size() + " errors; see errors",
        errors,
        Map.of());
  }

  public static Problem invalidQuery(List<Fault> errors) {
    return new Problem(
        "invalid-query",
        "Invalid query",
        422,
        errors.size() == 1
            ? errors.get(0).toString()
            : "The query has " + errors.size() + " errors; see errors",
        errors,
        Map.of());
  }

  public static Problem malformed(String detail) {
    return new Problem("malformed", "Malformed request body", 400, detail);
  }

  public static Problem unsupported(String detail) {
    return new Problem("unsupported-media-type", "Unsupported media type", 415, detail);
  }

  public static Problem tooLarge(int maxBytes) {
    return new Problem(
        "too-large",
        "Request body too large",
        413,
        "The body is larger than the limit of " + maxBytes + " bytes");
  }

  public static Problem takesTooMuchMemory(long maxBytes) {
    return new Problem(
        "too-large",
        "Request body too large",
        413,
        "What the body holds takes more memory than there is for all bodies, "
            + maxBytes
            + " bytes; send fewer values, or give the server a larger heap");
  }

  /**
   * Makes the problem of a path that there is not.
   *
   * @param hint what the client may have meant; empty if that cannot be told
   */
  public static Problem noSuchPath(String path, String hint) {
    return new Problem(
        "no-such-path", "No such path", 404, "There is nothing at '" + shown(path) + "'" + hint);
  }

  /**
   * Makes the problem of a method that a path does not have.
   *
   * @param hint what the client may have meant; empty if that cannot be told
   */
  public static Problem methodNotAllowed(String method, String allowed, String hint) {
    return new Problem(
            "method-not-allowed",
            "Method not allowed",
            405,
            "'" + shown(method) + "' is not possible here; possible: " + allowed + hint)
        .with("Allow", allowed);
  }

  /** Returns the problem of a target whose escapes are malformed. */
  public static Problem malformedTarget(String path) {
    return new Problem(
        "malformed-target",
        "Malformed request target",
        400,
        "An escape in '" + shown(path) + "' or in its query is not a percent sign and two digits");
  }

  public static Problem notFound(String id) {
    return new Problem(
        "not-found", "Service not found", 404, "No live service has the id '" + shown(id) + "'");
  }

  /** Returns the problem of an id of which there is no history. */
  public static Problem nothingKnown(String id) {
    return new Problem(
        "not-found",
        "Service not found",
        404,
        "Nothing is known of the id '"
            + shown(id)
            + "'; it never registered, or it has been gone for longer than its history is kept");
  }

  /** Returns the problem of a registry without a history. */
  public static Problem noHistory() {
    return new Problem(
        "history-unsupported",
        "History not supported",
        501,
        "The store of this server keeps no history, or its operator has turned it off");
  }

  public static Problem superseded(String id) {
    return new Problem(
        "superseded",
        "Lease superseded",
        409,
        "Another registration of '" + shown(id) + "' holds it now; this lease has ended");
  }

  public static Problem unauthorized() {
    return new Problem(
            "unauthorized",
            "Service key required",
            401,
            "Send a valid service key in the header X-Service-Key, or as Authorization: Bearer")
        .with("WWW-Authenticate", "ServiceKey realm=\"rollcall\", Bearer realm=\"rollcall\"");
  }

  public static Problem readOnlyKey() {
    return outOfScope("This service key may only read; send one that may write");
  }

  /**
   * Makes the problem of a write that a key is not for.
   *
   * @param idOrName what is out of the key's scope; empty if the request has no id
   * @param patterns the key's scope
   */
  public static Problem outOfScope(String idOrName, List<String> patterns) {
    String fault =
        idOrName.isEmpty()
            ? "; give the service an id that matches"
            : ", and '" + shown(idOrName) + "' does not";
    return outOfScope(
        "This service key is for services whose id and name match "
            + String.join(" or ", patterns)
            + fault);
  }

  private static Problem outOfScope(String detail) {
    return new Problem("out-of-scope", "Out of the key's scope", 403, detail);
  }

  public static Problem hostNotAllowed(String host) {
    return new Problem(
        "host-not-allowed",
        "Host not allowed",
        403,
        "This server does not answer to the host '"
            + shown(host)
            + "'; its operator can name it with --allowed-host or --public-url");
  }

  public static Problem originNotAllowed(String origin) {
    return new Problem(
        "origin-not-allowed",
        "Origin not allowed",
        403,
        "A page of another origin cannot write here, and a browser says that this request is of "
            + shown(origin)
            + "; if it is of this server's own, its operator names that with --public-url");
  }

  public static Problem tooManyRequests(long retryAfterSeconds) {
    return new Problem(
            "too-many-requests",
            "Too many requests",
            429,
            "This address sends more requests than one may; slow down")
        .with(RETRY_AFTER, Long.toString(retryAfterSeconds));
  }

  public static Problem busy() {
    return new Problem(
            "busy", "Server busy", 503, "The server has as many requests as it may; try again")
        .with(RETRY_AFTER, "1");
  }

  public static Problem tooManyWatches() {
    return new Problem(
            "busy",
            "Server busy",
            503,
            "As many streams and waiting requests are open as there may be; its operator can raise"
                + " --max-watches, and jdk.httpserver.maxConnections, of which they may take half."
                + " Try again, or ask without waiting")
        .with(RETRY_AFTER, "5");
  }

  public static Problem cannotWait() {
    return new Problem(
        "waiting-unsupported",
        "Waiting not supported",
        501,
        "This server cannot keep a request waiting; leave out the parameter wait");
  }

  public static Problem registryBusy(Duration retryAfter) {
    return new Problem(
            "busy",
            "Server busy",
            503,
            "The registry has no room for this call now, such as memory for a list; try again. If it"
                + " goes on, its operator finds in its log, under registry.busy, which bound was met"
                + " and what raises it")
        .with(RETRY_AFTER, Long.toString(Math.max(1, retryAfter.toSeconds())));
  }

  public static Problem full() {
    return new Problem(
        "full",
        "Registry full",
        503,
        "The registry holds as many services as it may; try again when one has gone");
  }

  public static Problem storeUnavailable() {
    return new Problem(
        "store-unavailable",
        "Store unavailable",
        503,
        "The registry could not ask its store; try again. No service is gone for it");
  }

  /** Of a request that waits for changes, before its server knows any service. */
  public static Problem servicesUnknown() {
    return new Problem(
            "store-unavailable",
            "Store unavailable",
            503,
            "This server has no list of the services yet: it is still reading them, or its store"
                + " does not answer; try again, or ask without waiting")
        .with(RETRY_AFTER, "1");
  }

  public static Problem refused() {
    return new Problem(
        "refused", "Refused", 502, "The registry behind this server refused the request");
  }

  public static Problem internal() {
    return new Problem(
        "internal", "Internal error", 500, "Something went wrong here; the server's log says what");
  }

  /** Returns a text from outside, of bounded length and free of control characters. */
  private static String shown(String text) {
    String start =
        text.length() <= MAX_DETAIL_LENGTH ? text : text.substring(0, MAX_DETAIL_LENGTH - 1) + "…";
    var safe = new StringBuilder(start.length());
    int c;
    for (int i = 0; i < start.length(); i += Character.charCount(c)) {
      c = start.codePointAt(i);
      safe.appendCodePoint(UntrustedText.isUnsafe(c) ? '\ufffd' : c);
    }
    return safe.toString();
  }
}
