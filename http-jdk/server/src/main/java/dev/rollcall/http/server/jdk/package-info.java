/**
 * The endpoints on the JDK's {@code HttpServer}: a handler for a server that the application owns,
 * and a server that owns itself.
 */
@NullMarked
package dev.rollcall.http.server.jdk;

import org.jspecify.annotations.NullMarked;
