/**
 * The bundled server as a program. {@code Main} is where to start: it reads the {@code options},
 * starts the server, or runs one of the {@code commands}.
 */
@NullMarked
package dev.rollcall.app;

import org.jspecify.annotations.NullMarked;
