package dev.rollcall.http.client;

import dev.rollcall.Service;
import dev.rollcall.discovery.Discovery;
import dev.rollcall.discovery.NoInstanceException;
import dev.rollcall.discovery.Pick;
import java.io.IOException;
import java.net.UnknownServiceException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Response;

/**
 * Sends requests of an OkHttp client that are addressed to the name of a service, such as {@code
 * http://orders/items?page=2}, to an instance that a {@link Discovery} picks.
 *
 * <pre>{@code
 * Discovery discovery = Discovery.of(registry).named("orders").build();
 * OkHttpClient client =
 *     DiscoveryInterceptor.forNames(discovery, "orders")
 *         .addTo(new OkHttpClient.Builder())
 *         .build();
 * }</pre>
 *
 * <p><b>Where a request goes.</b> The scheme, the host, the port and the base path are those of the
 * instance's url; the request's own path and query follow. A port of the request's URL is ignored.
 * A request by https goes only to an instance whose url is https; if there seems to be none, the
 * call fails with an {@link UnknownServiceException}, and no instance is left out for it. {@link
 * Response#request()} has the URL that was called, and the {@link Service} as its tag: {@code
 * response.request().tag(Service.class).id()}. Requests to other hosts are left as they are.
 *
 * <p><b>The call</b> counts as under way at its instance until the body of its response is closed
 * or read to its end; a connection that was upgraded, such as a web socket, until then.
 *
 * <p><b>If an instance cannot be reached</b> it is reported by {@link Pick#failed()}, and the
 * request is sent once more, to an instance with another url, if that is safe:
 *
 * <ul>
 *   <li>always, where there was no connection: the host is unknown, the connection was refused or
 *       took too long ({@code connectTimeout}, and a third of the {@code callTimeout} at most), or
 *       the TLS handshake failed
 *   <li>where the connection broke before an answer came, only if the method is idempotent: GET,
 *       HEAD, OPTIONS, TRACE, PUT or DELETE
 *   <li>never with a body that can be sent only once ({@code isOneShot}, {@code isDuplex})
 * </ul>
 *
 * <p>An answer, whatever its status, a call that is cancelled, and a time-out while waiting for an
 * answer are no such failures. If the second instance fails, too, the call fails as that one did,
 * with the first failure as suppressed.
 *
 * <p><b>If no instance can be picked</b> the call fails with an {@link IOException} whose cause is
 * the {@link NoInstanceException}, which says how many services are known and since when. A call
 * blocks for that only before the services are known for the first time; see {@link
 * Discovery.Builder#startTimeout}.
 *
 * <p>Immutable. Safe for use by any number of threads and clients.
 */
public final class DiscoveryInterceptor {
  private static final String HTTPS = "https:";

  /** How many picks may lead to instances that are of no use before no other is looked for. */
  private static final int MAX_PICKS = 10;

  private final Discovery discovery;
  private final Map<String, String> namesByHost;

  /** Empty for no suffix. */
  private final String suffix;

  private DiscoveryInterceptor(
      Discovery discovery, Map<String, String> namesByHost, String suffix) {
    this.discovery = Objects.requireNonNull(discovery, "discovery");
    this.namesByHost = namesByHost;
    this.suffix = suffix;
  }

  /**
   * Returns an interceptor of requests whose host is one of some names, as in {@code
   * http://orders/}.
   *
   * @param discovery knows the instances; stays the caller's to close, after the client's last call
   * @param names the names; upper and lower case are the same in a host
   * @return the interceptor
   * @throws IllegalArgumentException if there are no names, or a name cannot be a host
   */
  public static DiscoveryInterceptor forNames(Discovery discovery, String... names) {
    if (names.length == 0) {
      throw new IllegalArgumentException("there are no names; name the services that are called");
    }
    Map<String, String> namesByHost = new HashMap<>();
    for (String name : names) {
      String host = checkHost(name, "a name whose requests are intercepted");
      String other = namesByHost.put(host, name);
      if (other != null && !other.equals(name)) {
        throw new IllegalArgumentException(
            "'" + other + "' and '" + name + "' are the same host; name one of them");
      }
    }
    return new DiscoveryInterceptor(discovery, Map.copyOf(namesByHost), "");
  }

  /**
   * Returns an interceptor of requests whose host is any name and a suffix, as in {@code
   * http://orders.rollcall/}. A host is lower case, so it reaches only services with names in lower
   * case.
   *
   * @param discovery knows the instances; stays the caller's to close, after the client's last call
   * @param suffix a dot and a domain that has no hosts of its own, such as {@code .rollcall}
   * @return the interceptor
   * @throws IllegalArgumentException if it is not such a suffix
   */
  public static DiscoveryInterceptor forSuffix(Discovery discovery, String suffix) {
    if (!suffix.startsWith(".") || suffix.endsWith(".")) {
      throw new IllegalArgumentException(
          "a suffix is a dot and a domain, as in .rollcall; this one is '" + suffix + "'");
    }
    String host = checkHost("name" + suffix, "a name with the suffix '" + suffix + "'");
    return new DiscoveryInterceptor(discovery, Map.of(), host.substring("name".length()));
  }

  /** Returns a host as a URL has it. */
  private static String checkHost(String host, String what) {
    String lowerCase = host.toLowerCase(Locale.ROOT);
    HttpUrl url = HttpUrl.parse("http://" + lowerCase + "/");
    if (url == null || !url.host().equals(lowerCase)) {
      throw new IllegalArgumentException(what + " must be a host name; '" + host + "' is not");
    }
    return lowerCase;
  }

  /**
   * Adds this to the client that is being built: an interceptor that picks, and a network
   * interceptor that sees what was sent.
   *
   * <p>Add it after the client's other interceptors. These then see the name as the host, and their
   * failures are not taken for those of an instance.
   *
   * @param client the builder of the client
   * @return {@code client}
   */
  public OkHttpClient.Builder addTo(OkHttpClient.Builder client) {
    client.addInterceptor(this::intercept);
    client.networkInterceptors().add(0, PickedCall::observe);
    return client;
  }

  private Response intercept(Interceptor.Chain chain) throws IOException {
    Optional<String> name = nameOf(chain.request().url().host());
    boolean isPicked = chain.request().tag(PickedCall.class) != null;
    return name.isEmpty() || isPicked ? chain.proceed(chain.request()) : call(chain, name.get());
  }

  private Optional<String> nameOf(String host) {
    return !suffix.isEmpty() && host.endsWith(suffix)
        ? Optional.of(host.substring(0, host.length() - suffix.length()))
        : Optional.ofNullable(namesByHost.get(host));
  }

  private Response call(Interceptor.Chain chain, String name) throws IOException {
    PickedCall call = new PickedCall(pick(name, chain.request().isHttps()));
    try {
      return call.proceed(chain);
    } catch (IOException e) {
      Optional<Pick> another =
          call.mayBeRepeated(chain, e)
              ? pickAnother(name, call.url(), chain.request().isHttps())
              : Optional.empty();
      if (another.isEmpty()) {
        throw e;
      }
      return callAgain(chain, new PickedCall(another.get()), e);
    }
  }

  private static Response callAgain(
      Interceptor.Chain chain, PickedCall call, IOException firstFailure) throws IOException {
    try {
      return call.proceed(chain);
    } catch (IOException e) {
      if (!e.equals(firstFailure)) {
        e.addSuppressed(firstFailure);
      }
      throw e;
    }
  }

  /**
   * Picks an instance.
   *
   * @throws UnknownServiceException if the request is by https and no instance seems to be: that
   *     says nothing of the instances, which others call by http
   */
  private Pick pick(String name, boolean isHttps) throws IOException {
    try {
      return pick(name, pick -> !isHttps || isHttps(pick))
          .orElseThrow(
              () ->
                  new UnknownServiceException(
                      "the request is by https, and no instance of '"
                          + name
                          + "' that was picked has an https url: ask for http, or register the"
                          + " instances with their https urls"));
    } catch (RuntimeException e) {
      // No instance, another name than the discovery's, or a closed one. Not as it is: an exception
      // other than an IOException would end the thread of an asynchronous call.
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Picks an instance with another url; empty if there seems to be no other. */
  private Optional<Pick> pickAnother(String name, String failedUrl, boolean isHttps) {
    try {
      return pick(name, pick -> !pick.url().equals(failedUrl) && (!isHttps || isHttps(pick)));
    } catch (RuntimeException e) {
      return Optional.empty(); // The last instance has gone meanwhile: the first failure says more.
    }
  }

  /** Picks until an instance is as it should be; empty if many in a row are not. */
  private Optional<Pick> pick(String name, Predicate<Pick> isWanted) {
    List<Pick> others = new ArrayList<>();
    try {
      while (others.size() < MAX_PICKS) {
        Pick pick = discovery.pick(name);
        if (isWanted.test(pick)) {
          return Optional.of(pick);
        }
        others.add(
            pick); // Stays open: the more calls an instance has, the rather another is picked.
      }
      return Optional.empty();
    } finally {
      others.forEach(Pick::cancel);
    }
  }

  private static boolean isHttps(Pick pick) {
    return pick.url().regionMatches(true, 0, HTTPS, 0, HTTPS.length());
  }
}
