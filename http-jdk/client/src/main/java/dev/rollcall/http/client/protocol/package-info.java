/**
 * The protocol, from calls to requests and from answers to results. It sends nothing.
 *
 * <p>{@code ProtocolRequests} makes a {@code ProtocolRequest} of each call, at the URLs of {@code
 * Endpoints}; {@code LeaseReader} and {@code PingOutcome} read successes, and {@code ErrorDecoder}
 * decides what any other answer means.
 */
@NullMarked
package dev.rollcall.http.client.protocol;

import org.jspecify.annotations.NullMarked;
