/**
 * The registration protocol over HTTP: endpoints that know no HTTP server, and their settings.
 * {@link dev.rollcall.http.server.jdk} has them on the {@code HttpServer} of the JDK; {@link
 * dev.rollcall.http.server.spi} is for an adapter on another server.
 */
@NullMarked
package dev.rollcall.http.server;

import org.jspecify.annotations.NullMarked;
