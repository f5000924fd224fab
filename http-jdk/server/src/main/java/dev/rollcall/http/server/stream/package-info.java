/** Watches over HTTP: event streams and long polls, which hold no thread while nothing happens. */
@NullMarked
package dev.rollcall.http.server.stream;

import org.jspecify.annotations.NullMarked;
