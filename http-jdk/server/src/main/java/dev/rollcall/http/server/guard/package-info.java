/** What refuses a request before it is carried out: keys, hosts, origins, rates, concurrency. */
@NullMarked
package dev.rollcall.http.server.guard;

import org.jspecify.annotations.NullMarked;
