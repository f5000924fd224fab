/**
 * Watches over HTTP: {@code StreamedWatch} keeps a stream open, {@code EventReader} reads it, and
 * {@code WatchedServices} is what it knows.
 */
@NullMarked
package dev.rollcall.http.client.stream;

import org.jspecify.annotations.NullMarked;
