package dev.rollcall.contract;

import dev.rollcall.Fence;
import dev.rollcall.Registration;
import dev.rollcall.UlidGenerator;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import java.time.InstantSource;

/** What a subclass gives to the contract: a store, empty at each test, and a hand on its time. */
public interface StoreFixture extends TimeFixture {
  /** Makes the lease ids, as a registry does. */
  UlidGenerator LEASE_IDS = new UlidGenerator(InstantSource.system());

  /** Returns the store under test, the same throughout one test. */
  TtlStore store();

  /** Claims an id for the usual ttl. */
  static Claim aClaim(String id) {
    return aClaim(id, TTL);
  }

  /** Claims an id for a ttl. */
  static Claim aClaim(String id, Duration ttl) {
    return aClaim(Registration.builder("http://my-service:8000").id(id).build(), ttl);
  }

  /** Claims the id of a registration for a ttl. */
  static Claim aClaim(Registration registration, Duration ttl) {
    return new Claim(registration, LEASE_IDS.next(), ttl);
  }

  /** Claims to update what was registered by another claim, with another url. */
  static Claim anUpdateOf(Claim claim, String url) {
    return aClaim(
        claim.registration().toBuilder().url(url).leaseId(claim.leaseId().toString()).build(),
        claim.ttl());
  }

  /** Returns the fence that admits the claim's registration alone. */
  static Fence fenceOf(Claim claim) {
    return Fence.of(claim.leaseId().toString());
  }
}
