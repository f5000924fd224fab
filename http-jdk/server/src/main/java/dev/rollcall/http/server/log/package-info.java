/** What the server logs: lines that no request can forge, and no failure of the log can harm. */
@NullMarked
package dev.rollcall.http.server.log;

import org.jspecify.annotations.NullMarked;
