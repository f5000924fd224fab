package dev.rollcall.contract;

/**
 * The whole contract of {@link dev.rollcall.ServiceRegistry}. A subclass gives a registry that is
 * empty at each test, and lets its time pass.
 */
public abstract class ServiceRegistryContract
    implements RegistrationContract,
        QueryContract,
        LeaseContract,
        FenceContract,
        UpdateContract,
        PingAllContract,
        BoundsContract,
        InfoContract,
        RaceContract,
        ExpiryRaceContract,
        WatchContract,
        HistoryContract,
        RefusedCallsContract {}
