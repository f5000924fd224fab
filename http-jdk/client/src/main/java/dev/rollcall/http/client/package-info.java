/**
 * The client of the registration protocol: a {@link dev.rollcall.ServiceRegistry} that is reached
 * over HTTP. And an OkHttp interceptor with which requests to the name of a service reach one of
 * its instances: {@link dev.rollcall.http.client.DiscoveryInterceptor}.
 *
 * <pre>{@code
 * ServiceRegistry registry = HttpServiceRegistry.connect("http://registry:9000");
 * }</pre>
 *
 * <p>How it works inside:
 *
 * <ul>
 *   <li>{@code ProtocolRequests} makes a {@code ProtocolRequest} of each call, with {@code
 *       Endpoints}, {@code RegistrationWriter}, {@code PingBatchWriter} and {@code
 *       PingDetailsCache}; {@code Transport} sends it by OkHttp, and {@code Failover} to which
 *       server.
 *   <li>{@code LeaseReader}, {@code ServiceReader}, {@code LenientListReader} and {@code
 *       PingOutcome} read answers; {@code ErrorDecoder} and {@code ForeignNotFounds} decide what
 *       any other answer means.
 *   <li>{@code PingBatches} sends many pings as one request.
 *   <li>{@code StreamedWatch} is a watch: {@code EventReader} reads its stream, {@code
 *       WatchedServices} is what it knows.
 *   <li>{@code PickedCall} is a request of the interceptor to the instance that was picked for it.
 * </ul>
 *
 * <p>It is one package, of more than 25 files, since nearly all of it is hidden, and calls and
 * watches share the transport and the readers.
 */
@NullMarked
package dev.rollcall.http.client;

import org.jspecify.annotations.NullMarked;
