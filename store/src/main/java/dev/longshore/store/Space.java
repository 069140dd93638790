package dev.longshore.store;

import dev.longshore.base.Time;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Whether the store takes more. Two things can be against it: the disk, which says so for as long as it is full, and
/// the quota with its alarm, which once raised stays, across restarts too, until somebody disarms it.
///
/// The size is that on the disk, measured at most once a second; what was written since is added as if nothing of it
/// could be packed. All but [#why] is for the committer's thread only.
final class Space {

    private static final Duration MEASURED_FOR = Duration.ofSeconds(1);

    /// What etcd reckons for a key beside its bytes, and for a lease.
    private static final long KEY_OVERHEAD = 256;

    private static final long LEASE_COST = 64;

    private final Backend backend;
    private final Quota quota;
    private final Time time;
    private volatile boolean isAlarmed;
    private boolean isNoted;
    private boolean isMeasured;
    private long measuredAt;
    private long size;

    /// @param isAlarmed whether the alarm was raised before
    Space(Backend backend, Quota quota, boolean isAlarmed, Time time) {
        this.backend = backend;
        this.quota = quota;
        this.isAlarmed = isAlarmed;
        this.isNoted = isAlarmed;
        this.time = time;
    }

    /// Why it takes no more, if it does not.
    Optional<StoreFault> why() {
        return isAlarmed ? Optional.of(overQuota()) : backend.full().map(StoreFault.NoSpace::new);
    }

    private StoreFault overQuota() {
        return new StoreFault.OverQuota(quota.bytes());
    }

    /// Throws if there is no room for what `txn` puts; raises the alarm if that is for the quota.
    void requireRoom(Txn txn) {
        if (TxnCheck.puts(txn)) {
            require(Math.max(cost(txn.success()), cost(txn.failure())));
        }
    }

    /// As above, for a lease.
    void requireRoomForLease() {
        require(LEASE_COST);
    }

    private void require(long cost) {
        why().ifPresent(fault -> {
            throw new StoreException(fault);
        });
        if (size() > quota.bytes() - cost) {
            isAlarmed = true;
            throw new StoreException(overQuota());
        }
    }

    private long size() {
        long now = time.nanoTime();
        if (!isMeasured || now - measuredAt >= MEASURED_FOR.toNanos()) {
            size = quota.equals(Quota.NONE) ? 0 : backend.size();
            measuredAt = now;
            isMeasured = true;
        }
        return size;
    }

    private static long cost(List<Txn.Operation> operations) {
        long cost = 0;
        for (Txn.Operation operation : operations) {
            cost += switch (operation) {
                case Txn.Operation.Get _, Txn.Operation.Delete _ -> 0;
                case Txn.Operation.Put put -> KEY_OVERHEAD + put.key().shared().length + put.value().length;
                case Txn.Operation.Change change ->
                    KEY_OVERHEAD
                            + change.key().shared().length
                            + change.value().map(value -> value.length).orElse(0);
                case Txn.Operation.Nested(Txn txn) -> Math.max(cost(txn.success()), cost(txn.failure()));
            };
        }
        return cost;
    }

    /// So much was written.
    void wrote(Backend.Writes writes) {
        for (Backend.Write write : writes.list()) {
            size += write.key().length
                    + write.value().map(value -> value.length).orElse(0);
        }
    }

    /// Sets the alarm; what must be written then is in [#news].
    void alarm(boolean isRaised) {
        isAlarmed = isRaised;
        isMeasured = false;
    }

    boolean isAlarmed() {
        return isAlarmed;
    }

    /// What must be written of the alarm, to be followed by [#noted].
    Backend.Writes news() {
        var writes = new Backend.Writes();
        if (isAlarmed && !isNoted) {
            writes.put(Records.NO_SPACE, Records.number(1));
        } else if (!isAlarmed && isNoted) {
            writes.delete(Records.NO_SPACE);
        }
        return writes;
    }

    /// What was last told as news is written.
    void noted() {
        isNoted = isAlarmed;
    }
}
