package dev.longshore.store.etcd;

import dev.longshore.base.Time;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Filling;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import dev.longshore.store.KeyValue;
import dev.longshore.store.Lease;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.RangeResult;
import dev.longshore.store.StateView;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.Txn;
import dev.longshore.store.Txn.Operation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Moves a state between the engines while nobody else uses either. No revision is given out twice: the new store goes
/// on after the old one's last, and whoever watched the old one must list anew. Values move as they are.
public final class EtcdMigration {

    private static final KeyRange ALL = new KeyRange(Key.of(""), Optional.empty());
    private static final long PIECE = 200;
    private static final int MOST_OPERATIONS = 100;
    private static final int MOST_BYTES = 512 << 10;

    private EtcdMigration() {}

    /// What was moved.
    ///
    /// @param revision the last one of the old store, after which the new one goes on
    public record Moved(long keys, long revision) {}

    /// From an embedded store into etcd, which must hold nothing. There keys are as if written now. One that is broken
    /// off leaves an etcd that no server takes.
    ///
    /// @throws StoreException with [StoreFault.Invalid] when there is something in it
    public static Moved toEtcd(EmbeddedStore from, EtcdConfig to, Time time) {
        try (StateView view = from.view();
                var target = new EtcdStore(new EtcdMembers(to, 0, time), new RevisionShift(0), time)) {
            requireEmpty(target);
            byte[] shift = Long.toString(view.revision()).getBytes(StandardCharsets.US_ASCII);
            target.commit(Txn.of(
                    new Operation.Put(EtcdStore.UNFINISHED, new byte[0]), new Operation.Put(EtcdStore.SHIFT, shift)));
            for (Lease lease : view.leases()) {
                target.grant(lease.id(), lease.ttl());
            }
            var batch = new Batch(target);
            view.forEach(batch::add);
            batch.flush();
            long last = target.commit(Txn.of(new Operation.Delete(EtcdStore.UNFINISHED)))
                    .revision();
            target.compact(last);
            return new Moved(batch.count, view.revision());
        }
    }

    private static void requireEmpty(EtcdStore target) {
        long count = target.range(new RangeQuery(ALL, 0, 0, false, true)).count();
        if (count > 0) {
            throw new StoreException(new StoreFault.Invalid(
                    "etcd is not empty: it holds %d keys. Move into one of its own, or delete them".formatted(count)));
        }
    }

    /// From etcd into the directory of an embedded store, which must not be there or be empty. Keys keep
    /// their revisions.
    ///
    /// @throws StoreException with [StoreFault.Invalid] when there is something in it
    public static Moved fromEtcd(EtcdStore from, Path to, Time time) {
        try (Filling filling = Filling.of(to, time)) {
            long revision = from.revision();
            Map<Long, Boolean> leases = new HashMap<>();
            long count = 0;
            KeyRange left = ALL;
            while (true) {
                RangeResult piece = from.range(new RangeQuery(left, revision, PIECE, false, false));
                for (KeyValue entry : piece.entries()) {
                    if (!entry.key().startsWith(EtcdStore.OURS)) {
                        filling.entry(known(entry, from, filling, leases));
                        count++;
                    }
                }
                if (!piece.more()) {
                    filling.finish(revision);
                    return new Moved(count, revision);
                }
                left = new KeyRange(piece.entries().getLast().key().successor(), Optional.empty());
            }
        }
    }

    /// The entry, with its lease if that is not over: each lease is taken along with the first that hangs on it.
    private static KeyValue known(KeyValue entry, EtcdStore from, Filling filling, Map<Long, Boolean> leases) {
        if (entry.lease() == 0) {
            return entry;
        }
        boolean isThere = leases.computeIfAbsent(entry.lease(), id -> {
            OptionalLong seconds = from.grantedSeconds(id);
            seconds.ifPresent(granted -> filling.lease(id, Duration.ofSeconds(granted)));
            return seconds.isPresent();
        });
        return isThere
                ? entry
                : new KeyValue(
                        entry.key(), entry.value(), entry.createRevision(), entry.modRevision(), entry.version(), 0);
    }

    /// Writes many keys in few transactions, of sizes that etcd takes.
    private static final class Batch {

        private final EtcdStore target;
        private List<Operation> puts = new ArrayList<>();
        private long bytes;
        private long count;

        Batch(EtcdStore target) {
            this.target = target;
        }

        void add(KeyValue entry) {
            if (puts.size() >= MOST_OPERATIONS || bytes + entry.value().length > MOST_BYTES) {
                flush();
            }
            puts.add(new Operation.Put(entry.key(), entry.value(), entry.lease(), false));
            bytes += entry.value().length;
            count++;
        }

        void flush() {
            if (!puts.isEmpty()) {
                target.commit(new Txn(List.of(), puts, List.of()));
                puts = new ArrayList<>();
                bytes = 0;
            }
        }
    }
}
