package dev.rollcall.http.client;

import dev.rollcall.ServiceId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Makes the calls of the protocol, with a waiting caller or without. */
final class Client implements AutoCloseable {
  private final Calls calls;
  private final Transport transport;

  Client(HttpServiceRegistry.Builder settings) {
    Optional<String> key = Optional.ofNullable(settings.serviceKey);
    ErrorAnswers errors = new ErrorAnswers(settings.wallClock, new ShownText(key));
    this.calls = new Calls(settings.endpoints, errors, settings.wallClock, settings.nanoTime);
    this.transport = new Transport(settings.timeout, key, settings.dns);
  }

  <T> T call(Function<Calls, Exchange<T>> call) {
    return transport.call(call.apply(calls));
  }

  <T> CompletableFuture<T> callAsync(Function<Calls, Exchange<T>> call, Duration timeout) {
    return transport.callAsync(call.apply(calls), timeout);
  }

  /** Asks for a service. Nobody need be asked for what none can be called. */
  <T> Optional<T> ask(String id, Function<Calls, Exchange<Optional<T>>> call) {
    transport.checkOpen();
    return ServiceId.isValid(id) ? call(call) : Optional.empty();
  }

  /** Does as {@link #ask} does. */
  <T> CompletableFuture<Optional<T>> askAsync(
      String id, Function<Calls, Exchange<Optional<T>>> call, Duration timeout) {
    return ServiceId.isValid(id)
        ? callAsync(call, timeout)
        : CompletableFuture.completedFuture(Optional.empty());
  }

  @Override
  public void close() {
    transport.close();
  }
}
