/** What client and server share of the protocol. Not exported. */
@NullMarked
package dev.rollcall.http.wire;

import org.jspecify.annotations.NullMarked;
