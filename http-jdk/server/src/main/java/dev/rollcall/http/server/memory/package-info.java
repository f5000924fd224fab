/** How much memory requests may hold, and who is cut off because others need it. */
@NullMarked
package dev.rollcall.http.server.memory;

import org.jspecify.annotations.NullMarked;
