/**
 * Finding services: which ones ({@link dev.rollcall.discovery.Query}), being told when they come
 * and go ({@link dev.rollcall.discovery.Watch}), and picking one for each call ({@link
 * dev.rollcall.discovery.Discovery}).
 */
@NullMarked
package dev.rollcall.discovery;

import org.jspecify.annotations.NullMarked;
