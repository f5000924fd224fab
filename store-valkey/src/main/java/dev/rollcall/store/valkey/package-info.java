/** Services in Valkey or Redis, which any number of registries share. */
@NullMarked
package dev.rollcall.store.valkey;

import org.jspecify.annotations.NullMarked;
