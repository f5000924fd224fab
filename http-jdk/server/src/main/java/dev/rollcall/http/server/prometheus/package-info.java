/** The services as Prometheus discovers them. */
@NullMarked
package dev.rollcall.http.server.prometheus;

import org.jspecify.annotations.NullMarked;
