package dev.rollcall.http.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UntrustedTextTest {
  @Test
  void whatEndsALineOrMovesACursorOrTurnsTextOrIsNoCharacterIsUnsafe() {
    String unsafe =
        "\n\r\t\u0000\u001b\u007f\u0085\u2028\u2029" + "\u202e\u2066\u200f\ufeff\ue000\uffff\ud800";
    assertThat(unsafe.codePoints()).allMatch(UntrustedText::isUnsafe);
    assertThat(UntrustedText.isUnsafe(0xe0001)).isTrue(); // a tag
    assertThat(UntrustedText.isUnsafe(0x10fffd)).isTrue(); // for private use
  }

  @Test
  void whatPeopleWriteIsSafe() {
    assertThat("a Z 9 \" \\ \u00e9 \u05e9 \u6f22 \u0301 \ud83d\ude00".codePoints())
        .noneMatch(UntrustedText::isUnsafe);
  }
}
