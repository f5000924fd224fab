/**
 * The options of the server, also as variables and in a file. {@code Settings} finds what is set
 * where; each class with options applies them to what they set.
 */
@NullMarked
package dev.rollcall.app.options;

import org.jspecify.annotations.NullMarked;
