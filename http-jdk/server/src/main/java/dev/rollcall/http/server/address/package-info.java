/** Who sends a request, and by which URL it reached the server. */
@NullMarked
package dev.rollcall.http.server.address;

import org.jspecify.annotations.NullMarked;
