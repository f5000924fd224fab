/** The runnable server. Not exported. */
@NullMarked
package dev.rollcall.app;

import org.jspecify.annotations.NullMarked;
