/**
 * What client and server share of the protocol and of TLS, for these two alone: no API for others.
 */
@NullMarked
package dev.rollcall.http.wire;

import org.jspecify.annotations.NullMarked;
