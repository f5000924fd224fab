package dev.rollcall.http.client;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.WatchOutageContract;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import redis.clients.jedis.RedisClient;

/** What watches over HTTP see where the Valkey behind the server stands still. */
class HttpOutageTest implements WatchOutageContract {
  private ValkeyProcess valkey;
  private OverHttp http;

  @BeforeEach
  void open() {
    valkey = ValkeyProcess.start();
    http = new OverHttp(valkey.uri() + "?timeout-ms=300");
  }

  @AfterEach
  void close() {
    http.close();
    valkey.close();
  }

  @Override
  public ServiceRegistry registry() {
    return http.client();
  }

  @Override
  public void beginOutage() {
    valkey.suspend();
  }

  @Override
  public void endOutage() {
    valkey.resume();
  }

  @Override
  public void elapse(Duration time) {
    try (RedisClient client = RedisClient.create(valkey.host(), valkey.port())) {
      ValkeyExtension.elapse(client, time);
    }
  }
}
