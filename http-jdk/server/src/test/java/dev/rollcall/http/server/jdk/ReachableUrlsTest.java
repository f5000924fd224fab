package dev.rollcall.http.server.jdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReachableUrlsTest {
  @Test
  void anAddressIsReachedAtItself() throws Exception {
    var address = new InetSocketAddress(InetAddress.getByName("192.0.2.7"), 9000);
    byte[] loopback6 = new byte[16];
    loopback6[15] = 1;
    var address6 = new InetSocketAddress(InetAddress.getByAddress(loopback6), 9000);

    assertThat(ReachableUrls.of("http", address, "/v2"))
        .containsExactly(URI.create("http://192.0.2.7:9000/v2"));
    assertThat(ReachableUrls.of("https", address6, ""))
        .containsExactly(URI.create("https://[0:0:0:0:0:0:0:1]:9000"));
  }

  @Test
  void allAddressesOfThisHostAreReachedByItsInterfaces() throws Exception {
    List<String> hosts =
        ReachableUrls.of("http", new InetSocketAddress("0.0.0.0", 9000), "").stream()
            .map(URI::getHost)
            .toList();

    assertThat(hosts).startsWith("127.0.0.1").doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(8);
    for (String host : hosts) {
      InetAddress address = InetAddress.getByName(host);
      assertThat(NetworkInterface.getByInetAddress(address)).as(host).isNotNull();
    }
  }
}
