/**
 * What a registry does, as Micrometer's meters. Needs {@code micrometer-core} on the class path,
 * which is an optional dependency: nothing else here asks for it.
 */
@NullMarked
package dev.rollcall.metrics;

import org.jspecify.annotations.NullMarked;
