/** Small programs to copy from. */
@NullMarked
package dev.rollcall.examples;

import org.jspecify.annotations.NullMarked;
