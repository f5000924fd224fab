/**
 * Finding services: which ones ({@link dev.rollcall.discovery.Query}), and being told when they
 * come and go ({@link dev.rollcall.discovery.Watch}).
 */
@NullMarked
package dev.rollcall.discovery;

import org.jspecify.annotations.NullMarked;
