package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "172.16.0.0/12, 172.31.0.1, true",
    "172.16.0.0/12, 172.32.0.1, false",
    "192.0.2.129/25, 192.0.2.200, true",
    "192.0.2.129/25, 192.0.2.127, false",
    "192.0.2.1/32, 192.0.2.1, true",
    "192.0.2.1/32, 192.0.2.0, false",
    "0.0.0.0/0, 198.51.100.7, true",
    "0.0.0.0/0, ::1, false",
    "::/0, ::1, true",
    "::/0, 127.0.0.1, false",
    "2001:db8:8000::/33, 2001:db8:ffff::1, true",
    "2001:db8:8000::/33, 2001:db8:7fff::1, false",
  })
  void anAddressIsInANetworkIfItsLeadingBitsAreTheSame(String network, String address, boolean is)
      throws UnknownHostException {
    assertThat(Network.parse(network).contains(InetAddress.getByName(address))).isEqualTo(is);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0/33",
        "10.0.0/8",
        "300.0.0.0/8",
        "10.0.0.0/",
        "/8",
        "h/8",
        "::/129",
        "1:2/3",
        "10.0.0.0/8/8",
        "localhost/8",
        "10.0.0.0/-1",
        "10.0.0.0/99999999999"
      })
  void whatIsNotANetworkIsRefused(String text) {
    assertThatThrownBy(() -> Network.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "' is not a network")
        .hasMessageContaining("10.0.0.0/8");
  }

  @Test
  void thisHostHasAnAddressInTheLoopbackNetwork() {
    assertThat(Network.parse("127.0.0.0/8").addressOfThisHost()).startsWith("127.");
  }

  @Test
  void aHostWithoutAnAddressInTheNetworkSaysWhichItHas() {
    // Addresses of documentation (RFC 5737), which no host has.
    assertThatThrownBy(() -> Network.parse("203.0.113.0/24").addressOfThisHost())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no address in 203.0.113.0/24")
        .hasMessageContaining("127.0.0.1");
  }
}
