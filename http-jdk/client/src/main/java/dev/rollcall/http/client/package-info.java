/**
 * The client of the registration protocol: a {@link dev.rollcall.ServiceRegistry} that is reached
 * over HTTP. And an OkHttp interceptor with which requests to the name of a service reach one of
 * its instances: {@link dev.rollcall.http.client.DiscoveryInterceptor}.
 *
 * <pre>{@code
 * ServiceRegistry registry = HttpServiceRegistry.connect("http://registry:9000");
 * }</pre>
 *
 * <p>How it works inside: {@code protocol} makes a request of each call and reads its answer, with
 * the readers of {@code json}; {@code transport} sends it by OkHttp; {@code stream} is a watch.
 * Here are only what users type and {@code PickedCall}, a request of the interceptor to the
 * instance that was picked for it.
 */
@NullMarked
package dev.rollcall.http.client;

import org.jspecify.annotations.NullMarked;
