/**
 * Sends requests by OkHttp, to the server that answers. {@code Transport} is where to start; {@code
 * Failover} selects the server, and {@code PingBatches} sends many pings as one request.
 */
@NullMarked
package dev.rollcall.http.client.transport;

import org.jspecify.annotations.NullMarked;
