package dev.rollcall.http.client;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.QueryContract;
import dev.rollcall.contract.RefusedCallsContract;
import dev.rollcall.contract.WatchContract;
import dev.rollcall.history.ServiceEvent;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What watches, queries and histories see over HTTP, and several Valkey servers that are one store.
 */
abstract class HttpOverServersContract
    implements WatchContract, QueryContract, RefusedCallsContract {
  private OverHttp http;

  /** Returns the URI that a store opens the servers by. */
  abstract String uri();

  /** Deletes every key of the servers. */
  abstract void flush();

  @BeforeEach
  void open() {
    flush();
    http = new OverHttp(uri());
  }

  @AfterEach
  void close() {
    http.close();
  }

  @Override
  public ServiceRegistry registry() {
    return http.client();
  }

  @Override
  public boolean tellsCauses() {
    return true;
  }

  @Override
  public boolean keepsHistory() {
    return true;
  }

  @Override
  public Set<ServiceEvent.Type> endsOfLeases() {
    return Set.of(ServiceEvent.Type.EXPIRED, ServiceEvent.Type.LOST);
  }

  @Override
  public boolean recordsEachRefusal() {
    return false;
  }

  @Override
  public int rounds() {
    return 100;
  }

  @Override
  public Duration clockTolerance() {
    return Duration.ofMillis(900);
  }
}
