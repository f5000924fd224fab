/** Requests: what they are for, and how their bodies are read. */
@NullMarked
package dev.rollcall.http.server.request;

import org.jspecify.annotations.NullMarked;
