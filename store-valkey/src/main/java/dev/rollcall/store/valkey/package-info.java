/**
 * Services in Valkey or Redis, which any number of registries share: {@link
 * dev.rollcall.store.valkey.ValkeyTtlStore}.
 *
 * <p>Most applications open it by its URI and name nothing from here; one that has a Jedis client
 * hands it to the builder.
 *
 * <pre>{@code
 * ServiceRegistry registry = ServiceRegistry.open("valkey://localhost:6379");
 * }</pre>
 */
@NullMarked
package dev.rollcall.store.valkey;

import org.jspecify.annotations.NullMarked;
