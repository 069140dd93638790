package dev.longshore.store.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import dev.longshore.store.KeyValue;
import dev.longshore.store.Lease;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.Stores;
import dev.longshore.store.Txn;
import dev.longshore.store.Txn.Operation;
import dev.longshore.store.WatchQuery;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/// Whatever happened to a store: its snapshot, restored, is the same state, and later.
class SnapshotProperties {

    private static final KeyRange ALL = KeyRange.prefix(Key.of(""));

    @Property(tries = 25)
    void aRestoredSnapshotIsTheSameState(@ForAll("steps") List<Step> steps, @ForAll("bumps") long bump)
            throws IOException {
        Path root = Files.createTempDirectory("snapshot");
        var time = new ManualTime();
        try (EmbeddedStore store = Stores.inMemory(time)) {
            steps.forEach(step -> step.on(store));
            var bytes = new ByteArrayOutputStream();
            SnapshotSummary written = Snapshots.write(store, "c1", bytes);
            SnapshotSummary read =
                    Snapshots.restore(new ByteArrayInputStream(bytes.toByteArray()), root.resolve("store"), bump, time);

            assertThat(bytes.size() % 512).isEqualTo(32);
            assertThat(read).isEqualTo(written);
            assertThat(read.revision()).isEqualTo(store.revision());
            try (EmbeddedStore restored = Stores.embedded(root.resolve("store"), time)) {
                assertThat(restored.revision()).isEqualTo(store.revision() + bump);
                assertThat(state(restored)).isEqualTo(state(store));
                assertThat(leases(restored)).isEqualTo(leases(store));
                assertAllBeforeIsGone(restored);
            }
        } finally {
            delete(root);
        }
    }

    @Property(tries = 100)
    void anyChangedByteIsFound(
            @ForAll("steps") List<Step> steps, @ForAll("places") double place, @ForAll("bits") int bit)
            throws IOException {
        byte[] snapshot = snapshot(steps);
        snapshot[(int) (place * snapshot.length)] ^= (byte) (1 << bit);

        assertThatThrownBy(() -> Snapshots.check(new ByteArrayInputStream(snapshot)))
                .isInstanceOfSatisfying(
                        SnapshotException.class,
                        e -> assertThat(e.fault())
                                .isNotInstanceOf(SnapshotFault.Truncated.class)
                                .isNotInstanceOf(SnapshotFault.OtherVersion.class));
    }

    @Property(tries = 100)
    void anyMissingEndIsFound(@ForAll("steps") List<Step> steps, @ForAll("places") double place) throws IOException {
        byte[] snapshot = snapshot(steps);
        byte[] cut = Arrays.copyOf(snapshot, (int) (place * snapshot.length));

        assertThatThrownBy(() -> Snapshots.check(new ByteArrayInputStream(cut)))
                .isInstanceOfSatisfying(
                        SnapshotException.class,
                        e -> assertThat(e.fault()).isInstanceOf(SnapshotFault.Truncated.class));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<String> keys = Arbitraries.integers().between(0, 5).map(i -> "k" + i);
        Arbitrary<Integer> numbers = Arbitraries.integers().between(0, 900);
        Arbitrary<Integer> leases = Arbitraries.integers().between(0, 3);
        Arbitrary<Step> puts = Combinators.combine(keys, keys, numbers, leases).as(Step.Put::new);
        Arbitrary<Step> deletes = keys.map(Step.Delete::new);
        Arbitrary<Step> revokes = leases.map(Step.Revoke::new);
        Arbitrary<Step> compactions = Arbitraries.integers().between(0, 5).map(Step.Compact::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(8, puts), Tuple.of(3, deletes), Tuple.of(1, revokes), Tuple.of(1, compactions))
                .list()
                .ofMaxSize(40);
    }

    @Provide
    Arbitrary<Long> bumps() {
        return Arbitraries.of(0L, 1L, 1_000_000_000L);
    }

    @Provide
    Arbitrary<Double> places() {
        return Arbitraries.doubles().between(0, true, 1, false);
    }

    @Provide
    Arbitrary<Integer> bits() {
        return Arbitraries.integers().between(0, 7);
    }

    private static void assertAllBeforeIsGone(EmbeddedStore restored) {
        assertThat(restored.compactedRevision()).isEqualTo(restored.revision());
        if (restored.revision() > 1) {
            assertThatThrownBy(() -> restored.watch(new WatchQuery(ALL, restored.revision() - 1, false)))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.fault()).isInstanceOf(StoreFault.Compacted.class));
        }
        long next = restored.revision() + 1;
        assertThat(restored.commit(Txn.of(new Operation.Put(Key.of("next"), new byte[1])))
                        .revision())
                .isEqualTo(next);
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static byte[] snapshot(List<Step> steps) throws IOException {
        try (EmbeddedStore store = Stores.inMemory(new ManualTime())) {
            steps.forEach(step -> step.on(store));
            var bytes = new ByteArrayOutputStream();
            Snapshots.write(store, "c1", bytes);
            return bytes.toByteArray();
        }
    }

    private static List<String> state(EmbeddedStore store) {
        return store.range(RangeQuery.of(ALL)).entries().stream()
                .map(SnapshotProperties::line)
                .toList();
    }

    private static String line(KeyValue entry) {
        return "%s %d %d %d %d %s"
                .formatted(
                        entry.key(),
                        entry.createRevision(),
                        entry.modRevision(),
                        entry.version(),
                        entry.lease(),
                        Arrays.toString(entry.value()));
    }

    private static List<String> leases(EmbeddedStore store) {
        return store.leases().stream()
                .map(Lease::id)
                .map(id -> id + " " + store.lease(id).orElseThrow().ttl() + " " + store.attached(id))
                .toList();
    }

    /// Something that happens to a store.
    sealed interface Step {

        void on(EmbeddedStore store);

        /// Writes two keys (which may be one) in one revision, under a lease if it is not 0.
        record Put(String key, String other, int size, int lease) implements Step {
            @Override
            public void on(EmbeddedStore store) {
                if (lease != 0 && store.lease(lease).isEmpty()) {
                    store.grant(lease, Duration.ofSeconds(10L * lease));
                }
                var first = new Operation.Put(Key.of(key), new byte[size], lease, false);
                var second = new Operation.Put(Key.of(other), new byte[size / 2], lease, false);
                store.commit(key.equals(other) ? Txn.of(first) : Txn.of(first, second));
            }
        }

        record Delete(String key) implements Step {
            @Override
            public void on(EmbeddedStore store) {
                store.commit(Txn.of(new Operation.Delete(Key.of(key))));
            }
        }

        record Revoke(int lease) implements Step {
            @Override
            public void on(EmbeddedStore store) {
                Optional<Lease> held = store.lease(lease);
                held.ifPresent(found -> store.revoke(found.id()));
            }
        }

        /// Compacts so many revisions before the newest.
        record Compact(int back) implements Step {
            @Override
            public void on(EmbeddedStore store) {
                long revision = store.revision() - back;
                if (revision > store.compactedRevision() && revision > 0) {
                    store.compact(revision);
                }
            }
        }
    }
}
