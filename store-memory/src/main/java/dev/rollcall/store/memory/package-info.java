/**
 * The store in memory, for one JVM: {@link dev.rollcall.store.memory.MemoryTtlStore}.
 *
 * <p>Most applications open it by its URI and name nothing from here:
 *
 * <pre>{@code
 * ServiceRegistry registry = ServiceRegistry.open("memory:?max-services=10000");
 * }</pre>
 */
@NullMarked
package dev.rollcall.store.memory;

import org.jspecify.annotations.NullMarked;
