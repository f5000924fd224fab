package dev.rollcall.contract;

import static dev.rollcall.contract.StoreFixture.aClaim;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.rollcall.Fence;
import dev.rollcall.spi.Claim;
import org.junit.jupiter.api.Test;

/** The end of a store. A fixture must bear that its store is closed before it closes it. */
public interface StoreCloseContract extends StoreFixture {

  @Test
  default void aClosedStoreAnswersNothing() {
    Claim claim = aClaim("a");
    store().put(claim);
    store().close();

    assertThatIllegalStateException().isThrownBy(() -> store().put(claim));
    assertThatIllegalStateException().isThrownBy(() -> store().renew("a", Fence.none()));
    assertThatIllegalStateException().isThrownBy(() -> store().remove("a", Fence.none()));
    assertThatIllegalStateException().isThrownBy(() -> store().find("a"));
    assertThatIllegalStateException().isThrownBy(() -> store().list());
  }

  @Test
  default void aStoreMayBeClosedTwice() {
    store().close();

    assertThatCode(() -> store().close()).doesNotThrowAnyException();
  }
}
