/** What there is at each path, and what each endpoint does. */
@NullMarked
package dev.rollcall.http.server.routing;

import org.jspecify.annotations.NullMarked;
