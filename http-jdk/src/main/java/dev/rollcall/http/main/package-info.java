/** The runnable server. Not exported. */
@NullMarked
package dev.rollcall.http.main;

import org.jspecify.annotations.NullMarked;
