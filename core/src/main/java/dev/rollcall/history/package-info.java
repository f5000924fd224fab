/** What happened to services: events, and what to ask for them. */
@NullMarked
package dev.rollcall.history;

import org.jspecify.annotations.NullMarked;
