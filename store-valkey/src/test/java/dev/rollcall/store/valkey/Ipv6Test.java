package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import dev.rollcall.store.valkey.pipeline.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;

/** Servers whose addresses are of IPv6. */
class Ipv6Test {
  @BeforeEach
  void needsIpv6() {
    byte[] loopback = new byte[16];
    loopback[15] = 1;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(loopback))) {
      assertThat(socket.isBound()).isTrue();
    } catch (IOException e) {
      Assumptions.abort("no IPv6 here");
    }
  }

  private static void assertServes(String uri) {
    try (ServiceRegistry registry = ServiceRegistry.open(uri)) {
      registry.register(Registration.builder("http://h").id("a").build());
      assertThat(registry.ping("a")).isPresent();
      assertThat(registry.list()).hasSize(1);
    }
  }

  @Test
  void aServerAloneIsOpenedAndNamedInMessagesWithItsBrackets() {
    ValkeyProcess valkey = ValkeyProcess.start("--bind", "127.0.0.1", "::1");
    String address = "[::1]:" + valkey.port();
    try (valkey;
        TtlStore store = TtlStore.open("valkey://" + address)) {
      assertServes("valkey://" + address);
      valkey.kill();

      assertThatThrownBy(store::list)
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining(address);
    }
  }

  @Test
  void aClusterIsOpenedByHostsOfIpv6AndFollowedToThem() {
    try (ValkeyProcess valkey =
            ValkeyProcess.start(
                "--bind",
                "127.0.0.1",
                "::1",
                "--cluster-enabled",
                "yes",
                "--cluster-port",
                Integer.toString(ValkeyProcess.freePort()),
                "--cluster-announce-ip",
                "::1");
        RedisClient admin = RedisClient.create(valkey.host(), valkey.port())) {
      var unused =
          admin.executeCommand(
              new CommandArguments(Command.CLUSTER).add("ADDSLOTSRANGE").add("0").add("16383"));
      Eventually.await("serves", Duration.ofSeconds(20), () -> isOk(admin));
      String address = "[::1]:" + valkey.port();

      assertServes("valkey+cluster://" + address);
      assertServes("valkey+cluster://" + address + ",[::1]:1?prefix=x:");
    }
  }

  private static boolean isOk(RedisClient admin) {
    Object info = admin.executeCommand(new CommandArguments(Command.CLUSTER).add("INFO"));
    return new String((byte[]) info, UTF_8).contains("cluster_state:ok");
  }

  /** Where {@code MOVED} leads, as a server of IPv6 writes it. */
  @Test
  void aRedirectionToIpv6IsTheServerThatTheSlotsName() {
    assertThat(HostAndPort.from("::1:7000")).isEqualTo(new HostAndPort("::1", 7000));
    assertThat(ServerAddress.display("::1:7000")).isEqualTo("[::1]:7000");
    assertThat(ServerAddress.display("h:7000")).isEqualTo("h:7000");
  }
}
