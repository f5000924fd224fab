/** What client and server share of the protocol. Not exported. */
@NullMarked
package dev.rollcall.http;

import org.jspecify.annotations.NullMarked;
