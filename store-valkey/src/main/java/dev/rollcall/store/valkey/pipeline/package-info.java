/** What sends commands to one server. */
@NullMarked
package dev.rollcall.store.valkey.pipeline;

import org.jspecify.annotations.NullMarked;
