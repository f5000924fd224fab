/**
 * What extends the endpoints: the interface by which another HTTP server passes its requests to
 * them, and the listener that hears of each request.
 */
@NullMarked
package dev.rollcall.http.server.spi;

import org.jspecify.annotations.NullMarked;
