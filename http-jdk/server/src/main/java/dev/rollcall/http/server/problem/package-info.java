/** Errors as RFC 9457 has them. */
@NullMarked
package dev.rollcall.http.server.problem;

import org.jspecify.annotations.NullMarked;
