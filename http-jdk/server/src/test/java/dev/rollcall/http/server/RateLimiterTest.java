package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.address.ClientAddress;
import dev.rollcall.http.server.guard.RateLimiter;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many requests one address may send. */
class RateLimiterTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10); // it wraps while we count
  private final RateLimiter limit = new RateLimiter(10, 3, now::get, ClientAddress.CONNECTION);

  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }

  private int allowedOf(int requests, InetAddress client) {
    int allowed = 0;
    for (int i = 0; i < requests; i++) {
      allowed += limit.nanosUntilAllowed(client) == 0 ? 1 : 0;
    }
    return allowed;
  }

  @Test
  void aBurstPassesAndThenTheRate() throws Exception {
    InetAddress client = address("192.0.2.1");
    assertThat(allowedOf(10, client)).isEqualTo(3);

    for (int tenth = 0; tenth < 50; tenth++) {
      now.addAndGet(Duration.ofMillis(100).toNanos());
      assertThat(allowedOf(10, client)).isEqualTo(1);
    }

    now.addAndGet(Duration.ofHours(1).toNanos());
    assertThat(allowedOf(10, client)).isEqualTo(3);
  }

  @Test
  void itSaysHowLongToWait() throws Exception {
    InetAddress client = address("192.0.2.1");
    allowedOf(3, client);
    long wait = limit.nanosUntilAllowed(client);
    assertThat(wait).isEqualTo(Duration.ofMillis(100).toNanos());

    now.addAndGet(wait - 1);
    assertThat(limit.nanosUntilAllowed(client)).isEqualTo(1);
    now.addAndGet(1);
    assertThat(limit.nanosUntilAllowed(client)).isZero();
  }

  @Test
  void anotherAddressIsNotTouchedAndAnIpv6NetworkIsOneClient() throws Exception {
    assertThat(allowedOf(9, address("2001:db8::1"))).isEqualTo(3);
    assertThat(allowedOf(9, address("2001:db8::ffff:2"))).isZero();

    int others = 0;
    for (int i = 1; i <= 20; i++) { // by a chance of 1 in 3,000 one falls on a used place
      others += allowedOf(9, address("198.51.100." + i)) == 3 ? 1 : 0;
    }
    assertThat(others).isGreaterThanOrEqualTo(19);
  }

  /** Serves at a time that stands still: however slow the requests are, no allowance comes. */
  private ServedRegistry serve(boolean isProxyTrusted) {
    RequestLimits limits = RequestLimits.builder().rateLimit(1).rateBurst(2).build();
    return new ServedRegistry(
        handler ->
            (isProxyTrusted ? handler.trustForwarded() : handler).limits(limits).nanoTime(now::get),
        server -> server);
  }

  private static int answered(Wire wire, int requests, String... headers) {
    int answered = 0;
    for (int i = 0; i < requests; i++) {
      answered += wire.send("GET", "/services", new byte[0], headers).status() == 200 ? 1 : 0;
    }
    return answered;
  }

  @Test
  void tooManyRequestsAre429WithTheTimeToWait() {
    try (var served = serve(false)) {
      assertThat(answered(served.wire(), 2)).isEqualTo(2);
      Answer answer = served.wire().put("/services/a/$ping");

      assertProblem(answer, 429, "too-many-requests");
      assertThat(answer.header("Retry-After")).isEqualTo("1");
      assertThat(served.wire().get("/health").status()).isEqualTo(200);
    }
  }

  @Test
  void aProxyIsBelievedOnlyWhereItIsTrusted() {
    try (var direct = serve(false);
        var behind = serve(true)) {
      assertThat(answered(direct.wire(), 2)).isEqualTo(2);
      assertThat(answered(direct.wire(), 1, "X-Forwarded-For: 192.0.2.7")).isZero();

      assertThat(answered(behind.wire(), 2, "X-Forwarded-For: 192.0.2.7")).isEqualTo(2);
      assertThat(answered(behind.wire(), 1, "X-Forwarded-For: 203.0.113.1, 192.0.2.7")).isZero();
      assertThat(answered(behind.wire(), 2, "X-Forwarded-For: 192.0.2.7, 2001:db8::5"))
          .isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "unknown",
        "unknown:80",
        "dead.beef",
        "1.2.3",
        "256.1.1.1",
        "1.1.1.1.1",
        "010.1.1.1",
        "192.0.2.7:80",
        ":1",
        "::x",
        "[::1]:80"
      })
  void whatIsNoAddressCountsForTheProxy(String text) {
    try (var behind = serve(true)) {
      assertThat(answered(behind.wire(), 2)).isEqualTo(2);
      assertThat(answered(behind.wire(), 1, "X-Forwarded-For: " + text)).isZero();
    }
  }
}
