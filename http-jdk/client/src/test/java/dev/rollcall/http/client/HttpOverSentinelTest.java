package dev.rollcall.http.client;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.QueryContract;
import dev.rollcall.contract.WatchContract;
import dev.rollcall.store.valkey.harness.ValkeySentinels;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** What watches and queries see over HTTP, and a master that Sentinel names behind it. */
class HttpOverSentinelTest implements WatchContract, QueryContract {
  private static ValkeySentinels servers;
  private OverHttp http;

  @BeforeAll
  static void start() {
    servers = new ValkeySentinels();
  }

  @BeforeEach
  void open() {
    servers.flush();
    http = new OverHttp(servers.uri());
  }

  @AfterEach
  void close() {
    http.close();
  }

  @AfterAll
  static void stop() {
    servers.close();
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
  public void elapse(Duration time) {
    servers.elapse(time);
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
