/** Files that are read again when they have changed. */
@NullMarked
package dev.rollcall.http.server.files;

import org.jspecify.annotations.NullMarked;
