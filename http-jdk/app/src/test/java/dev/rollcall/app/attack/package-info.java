/** What hostile and broken clients do to a server, while others are served. */
@NullMarked
package dev.rollcall.app.attack;

import org.jspecify.annotations.NullMarked;
