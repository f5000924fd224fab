/**
 * The client of the registration protocol: a {@link dev.rollcall.ServiceRegistry} that is reached
 * over HTTP.
 */
@NullMarked
package dev.rollcall.http.client;

import org.jspecify.annotations.NullMarked;
