/**
 * The client of the registration protocol: a {@link dev.rollcall.ServiceRegistry} that is reached
 * over HTTP.
 *
 * <pre>{@code
 * ServiceRegistry registry = HttpServiceRegistry.connect("http://registry:9000");
 * }</pre>
 */
@NullMarked
package dev.rollcall.http.client;

import org.jspecify.annotations.NullMarked;
