package dev.rollcall.contract;

import static dev.rollcall.contract.StoreFixture.aClaim;
import static dev.rollcall.contract.StoreFixture.fenceOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.spi.Claim;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Which holder of an id may renew or remove it. */
public interface StoreFenceContract extends StoreFixture {

  private Claim put(String id) {
    Claim claim = aClaim(id);
    store().put(claim);
    return claim;
  }

  private void assertSuperseded(String id, Fence fence) {
    assertThatThrownBy(() -> store().renew(id, fence))
        .as("renewal with %s", fence)
        .isInstanceOf(LeaseSupersededException.class)
        .hasMessageContaining("'" + id + "'");
    assertThatThrownBy(() -> store().remove(id, fence))
        .as("removal with %s", fence)
        .isInstanceOf(LeaseSupersededException.class)
        .hasMessageContaining("'" + id + "'");
  }

  @Test
  default void aRenewalAnswersTheFencesLeaseIdOrNone() {
    Claim claim = put("a");

    assertThat(store().renew("a", fenceOf(claim)).flatMap(Lease::leaseId))
        .contains(claim.leaseId().toString());
    assertThat(store().renew("a", Fence.none()).orElseThrow().leaseId()).isEmpty();
  }

  @Test
  default void theHolderRemoves() {
    Claim claim = put("a");

    assertThat(store().remove("a", fenceOf(claim))).isPresent();
    assertThat(store().find("a")).isEmpty();
  }

  @Test
  default void whoNamesNoLeaseActsOnTheIdAlone() {
    put("a");
    put("a");

    assertThat(store().renew("a", Fence.none())).isPresent();
    assertThat(store().remove("a", Fence.none())).isPresent();
  }

  @Test
  default void aSupersededHolderChangesNothing() {
    Claim old = put("a");
    Claim current = put("a");
    elapse(TTL.dividedBy(2));

    assertSuperseded("a", fenceOf(old));
    elapse(TTL.dividedBy(2).minus(MILLI).minus(clockTolerance()));
    assertThat(store().find("a")).isPresent(); // it removed nothing
    elapse(MILLI.plus(clockTolerance()));
    assertThat(store().renew("a", fenceOf(current))).isEmpty(); // it renewed nothing
  }

  @Test
  default void aSupersededHolderIsToldThatAnExpiredIdIsGone() {
    Claim old = put("a");
    put("a");
    elapse(TTL);

    assertThat(store().renew("a", fenceOf(old))).isEmpty();
    assertThat(store().remove("a", fenceOf(old))).isEmpty();
  }

  @Test
  default void aSupersededHolderIsToldThatARemovedIdIsGone() {
    Claim old = put("a");
    store().remove("a", fenceOf(put("a")));

    assertThat(store().renew("a", fenceOf(old))).isEmpty();
    assertThat(store().remove("a", fenceOf(old))).isEmpty();
  }

  @Test
  default void noOtherTextAdmits() {
    Claim claim = put("a");
    String lease = claim.leaseId().toString();

    assertSuperseded("a", fenceOf(put("b")));
    assertSuperseded("a", Fence.of(""));
    assertSuperseded("a", Fence.of(" "));
    assertSuperseded("a", Fence.of("null"));
    assertSuperseded("a", Fence.of("*"));
    assertSuperseded("a", Fence.of(lease + "0"));
    assertSuperseded("a", Fence.of(lease.substring(1)));
    assertSuperseded("a", Fence.of(lease.toLowerCase(Locale.ROOT)));
    assertThat(store().renew("a", fenceOf(claim))).isPresent();
  }
}
