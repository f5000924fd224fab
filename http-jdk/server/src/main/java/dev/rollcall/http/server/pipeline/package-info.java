/** The way of each request through all the rest. */
@NullMarked
package dev.rollcall.http.server.pipeline;

import org.jspecify.annotations.NullMarked;
