/** The store in memory, for one JVM: {@link dev.rollcall.store.memory.MemoryTtlStore}. */
@NullMarked
package dev.rollcall.store.memory;

import org.jspecify.annotations.NullMarked;
