package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.HostAndPort;

class ValkeyUriTest {

  private static ValkeyUri parse(String uri) {
    return new ValkeyUri(URI.create(uri));
  }

  @Test
  void oneServerHasTheUsualPortAndDatabase() {
    ValkeyUri uri = parse("valkey://h");

    assertThat(uri.servers()).containsExactly(new HostAndPort("h", 6379));
    assertThat(uri.database()).isZero();
    assertThat(uri.user()).isNull();
    assertThat(uri.password()).isNull();
    assertThat(uri.isTls()).isFalse();
  }

  @Test
  void everyPartOfAUriIsUnderstood() {
    ValkeyUri uri = parse("rediss://us%3Aer:p%40ss%3Aw+rd@[::1]:7000/3?prefix=a%26b&timeout-ms=50");

    assertThat(uri.servers()).containsExactly(new HostAndPort("::1", 7000));
    assertThat(uri.user()).isEqualTo("us:er");
    assertThat(uri.password()).isEqualTo("p@ss:w+rd");
    assertThat(uri.database()).isEqualTo(3);
    assertThat(uri.isTls()).isTrue();
    assertThat(uri.parameter("prefix")).isEqualTo("a&b");
    assertThat(uri.millis("timeout-ms", Duration.ZERO)).isEqualTo(Duration.ofMillis(50));
  }

  @ParameterizedTest
  @ValueSource(strings = {"valkey", "valkey+cluster", "redis", "redis+cluster", "REDIS"})
  void withoutAnSAtItsEndASchemeIsPlain(String scheme) {
    assertThat(parse(scheme + "://h").isTls()).isFalse();
    assertThat(parse(scheme.replaceFirst("(?i)(?<=valkey|redis)", "s") + "://h").isTls()).isTrue();
  }

  @Test
  void sentinelAndClusterTakeSeveralServers() {
    ValkeyUri sentinel = parse("valkeys+sentinel://:p@a,b:1/mymaster?database=2");
    ValkeyUri cluster = parse("redis+cluster://a,b:1");

    assertThat(sentinel.servers())
        .containsExactly(new HostAndPort("a", 26379), new HostAndPort("b", 1));
    assertThat(sentinel.masterName()).isEqualTo("mymaster");
    assertThat(sentinel.password()).isEqualTo("p");
    assertThat(sentinel.user()).isNull();
    assertThat(sentinel.database()).isEqualTo(2);
    assertThat(sentinel.isTls()).isTrue();
    assertThat(cluster.servers())
        .containsExactly(new HostAndPort("a", 6379), new HostAndPort("b", 1));
  }

  @Test
  void aUserMayStandAloneBesideAPasswordFile() {
    ValkeyUri uri = parse("valkey://us%3Aer@h?password-file=/run/secrets/p%20w");

    assertThat(uri.user()).isEqualTo("us:er");
    assertThat(uri.password()).isNull();
    assertThat(uri.parameter("password-file")).isEqualTo("/run/secrets/p w");
  }

  @Test
  void aMisspeltWayToFollowForeignWritersIsNamed() {
    assertThat(parse("valkey://h").tracksForeignWriters()).isFalse();
    assertThat(parse("valkey://h?foreign-writers=tracking").tracksForeignWriters()).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse("valkey://h?foreign-writers=traking").tracksForeignWriters())
        .withMessage("the store URI valkey:…: foreign-writers is tracking, or left out");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "valkey:/x",
        "valkey://secret@h",
        "valkey://u:secret@h/x",
        "valkey://u:secret@h:99999",
        "valkey://u:secret@h,i",
        "valkey://u:secret@h?prefix",
        "valkey://u:secret@h?nonsense=1",
        "valkey://u:secret@h?timeout-ms=0",
        "valkey://u:secret@h?foreign-writers=Tracking",
        "valkey://u:secret@h?foreign-writers=",
        "valkey://u:secret@h?foreign-writer=tracking",
        "valkey://u:secret@h?sentinel-user=x",
        "valkey://u:secret@h?password-file=/run/secrets/x",
        "valkey://u:secret@h?prefix=a&prefix=secret",
        "valkey://u:secret@h?database=1&prefix=a&database=1",
        "valkey://u:secret@h/1?database=2",
        "valkey://u:secret@h/1?database=1",
        "valkey://u@h?sentinel-password-file=/run/secrets/x&password-file=/run/secrets/y",
        "valkey+sentinel://h/m?sentinel-password=secret&sentinel-password-file=/run/secrets/x",
        "valkey+sentinel://u:secret@h",
        "valkey+cluster://u:secret@h/1"
      })
  void aUriThatAsksForTheImpossibleIsRefusedWithoutItsPassword(String uri) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JedisClients.storeAt(parse(uri)))
        .withMessageContaining("valkey")
        .withMessageNotContaining("secret");
  }

  /** A number sign that is not escaped would cut off what follows it, without a word. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "valkey://h?prefix=app#secret:",
        "valkey://h#",
        "valkey://h/1#secret",
        "valkey://admin:1#secret@h",
        "valkey+sentinel://a,b/master#secret",
        "valkey+cluster://u:p#secret@a,b"
      })
  void aUriWithAFragmentIsRefusedWithoutIt(String uri) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse(uri))
        .withMessage(
            "the store URI "
                + uri.substring(0, uri.indexOf(':'))
                + ":…: a # begins a fragment, which it does not have; in a part of it a # is"
                + " written as %23");
  }

  @Test
  void whatIsThereTwiceIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse("valkey://h?prefix=a&timeout-ms=50&prefix=b"))
        .withMessage("the store URI valkey:…: it has prefix twice");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse("valkey://h/1?database=2").database())
        .withMessage(
            "the store URI valkey:…: it has a database in the path or as a parameter, not both");
    assertThat(parse("valkey://h/?database=2").database()).isEqualTo(2);
    assertThat(parse("valkey://h?prefix=app%231:").parameter("prefix")).isEqualTo("app#1:");
  }
}
