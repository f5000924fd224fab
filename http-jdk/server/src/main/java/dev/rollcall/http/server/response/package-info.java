/** Responses, and how they are encoded, kept and sent. */
@NullMarked
package dev.rollcall.http.server.response;

import org.jspecify.annotations.NullMarked;
