package dev.rollcall.contract;

/**
 * The whole contract of {@link dev.rollcall.spi.TtlStore}, for the author of a store. A subclass
 * gives a store that is empty at each test, and lets its time pass.
 *
 * <p>It tests what the SPI says of a store. What a registry makes of it, from the bounds of an id
 * to info that comes back exactly, is for {@link ServiceRegistryContract} over the same store.
 */
public abstract class TtlStoreContract
    implements StoreEntryContract,
        StoreLeaseContract,
        StoreFenceContract,
        StoreUpdateContract,
        StoreRaceContract,
        StoreViewContract,
        StoreCloseContract {}
