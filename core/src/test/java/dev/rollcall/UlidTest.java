package dev.rollcall;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UlidTest {

  @ParameterizedTest
  @CsvSource({
    "01ARYZ6S410000000000000000, 1469918176385",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV, 1469922850259",
    "00000000000000000000000000, 0",
    "7ZZZZZZZZZZZZZZZZZZZZZZZZZ, 281474976710655"
  })
  void theSpecificationsVectorsReadAsTheirTime(String text, long epochMillis) {
    Ulid ulid = Ulid.parse(text).orElseThrow();

    assertThat(ulid.time()).isEqualTo(Instant.ofEpochMilli(epochMillis));
    assertThat(ulid).hasToString(text);
  }

  @Test
  void theBitsAreTimeThenRandom() {
    assertThat(new Ulid(0x0000_0000_0001_0000L, 0))
        .hasToString("00000000010000000000000000")
        .extracting(Ulid::time)
        .isEqualTo(Instant.ofEpochMilli(1));
    assertThat(new Ulid(0, 1)).hasToString("00000000000000000000000001");
    assertThat(new Ulid(0, -1)).hasToString("0000000000000FZZZZZZZZZZZZ");
    assertThat(new Ulid(-1, -1)).hasToString("7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
  }

  @Test
  void whatIsWrittenIsReadBack() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      Ulid ulid = new Ulid(random.nextLong(), random.nextLong());
      assertThat(Ulid.parse(ulid.toString())).contains(ulid);
    }
  }

  @Test
  void valuesAndTextsSortAlike() {
    Random random = new Random(2);
    for (int i = 0; i < 10_000; i++) {
      Ulid a = new Ulid(random.nextLong(), random.nextLong());
      Ulid b = new Ulid(random.nextBoolean() ? a.high() : random.nextLong(), random.nextLong());
      assertThat(Integer.signum(a.compareTo(b)))
          .isEqualTo(Integer.signum(a.toString().compareTo(b.toString())));
    }
  }

  @Test
  void theOrderIsThatOfUnsignedNumbers() {
    List<Ulid> ascending =
        List.of(
            new Ulid(0, 0),
            new Ulid(0, Long.MAX_VALUE),
            new Ulid(0, Long.MIN_VALUE),
            new Ulid(0, -1),
            new Ulid(1, 0),
            new Ulid(Long.MIN_VALUE, 0),
            new Ulid(-1, -1));

    assertThat(ascending).isSorted();
    assertThat(new Ulid(5, 5)).isEqualByComparingTo(new Ulid(5, 5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "01ARZ3NDEKTSV4RRFFQ69G5FA",
        "01ARZ3NDEKTSV4RRFFQ69G5FAVV",
        "01arz3ndektsv4rrffq69g5fav",
        "81ARZ3NDEKTSV4RRFFQ69G5FAV",
        "Z1ARZ3NDEKTSV4RRFFQ69G5FAV",
        "01ARZ3NDEKTSV4RRFFQ69G5FAI",
        "01ARZ3NDEKTSV4RRFFQ69G5FAL",
        "01ARZ3NDEKTSV4RRFFQ69G5FAO",
        "01ARZ3NDEKTSV4RRFFQ69G5FAU",
        " 1ARZ3NDEKTSV4RRFFQ69G5FAV",
        "01ARZ3NDEKTSV4RRFFQ69G5FA\u0000",
        "01ARZ3NDEKTSV4RRFFQ69G5FA\u0660",
        "01ARZ3NDEKTSV4RRFFQ69G5FAé",
        "01ARZ3ND-EKTSV4RRFFQ69G5FA"
      })
  void noOtherTextIsAUlid(String text) {
    assertThat(Ulid.parse(text)).isEmpty();
  }
}
