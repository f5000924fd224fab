package dev.rollcall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;

class FenceTest {

  @Test
  void itNamesALeaseOrNone() {
    assertThat(Fence.none().leaseId()).isEmpty();
    assertThat(Fence.of("lease").leaseId()).contains("lease");
    assertThat(Fence.of("").leaseId()).contains("");
  }

  @Test
  void itsTextTellsWhich() {
    assertThat(Fence.none()).hasToString("Fence[none]");
    assertThat(Fence.of("lease")).hasToString("Fence[lease]");
  }

  @Test
  void noFenceIsAskedForByItsName() {
    assertThatNullPointerException().isThrownBy(() -> Fence.of(null));
  }
}
