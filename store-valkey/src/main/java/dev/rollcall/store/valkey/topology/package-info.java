/** Which servers hold the services: one, the master that Sentinel names, or those of a cluster. */
@NullMarked
package dev.rollcall.store.valkey.topology;

import org.jspecify.annotations.NullMarked;
