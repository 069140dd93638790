package dev.longshore.store;

import dev.longshore.base.Time;
import dev.longshore.store.Txn.Operation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A process of its own that writes, leases, watches and compacts from many threads, and prints what was
/// acknowledged once it was, until it is killed (each line ends with a dot, so that half a one is known):
///
/// ```
///   wrote WRITER NUMBER REVISION     three keys in one transaction: both counters and one place of the ring
///   granted LEASE / revoked LEASE    with the key l/LEASE on it
///   compacted REVISION
///   saw REVISION                     by a watch of everything
/// ```
final class CrashLoad {

    static final int WRITERS = 6;
    static final int RING = 50;
    static final KeyRange ALL = KeyRange.prefix(Key.of(""));

    private static final int KEPT_REVISIONS = 500;

    private final Store store;

    private CrashLoad(Store store) {
        this.store = store;
    }

    public static void main(String[] args) throws InterruptedException {
        var load = new CrashLoad(Stores.embedded(Path.of(args[0]), 0, Time.system()));
        var random = new Random(Long.parseLong(args[1]));
        var threads = new ArrayList<Thread>();
        for (int writer = 0; writer < WRITERS; writer++) {
            int name = writer;
            long seed = random.nextLong();
            threads.add(Thread.ofPlatform().start(() -> load.write(name, new Random(seed))));
        }
        long seed = random.nextLong();
        threads.add(Thread.ofPlatform().start(() -> load.lease(new Random(seed))));
        threads.add(Thread.ofPlatform().start(load::compactAndWatch));
        for (Thread thread : threads) {
            thread.join();
        }
    }

    static long counter(Store store, String key) {
        List<KeyValue> found = store.range(RangeQuery.of(Key.of(key))).entries();
        return found.isEmpty() ? 0 : number(found.getFirst().value());
    }

    static long number(byte[] value) {
        String text = new String(value, StandardCharsets.US_ASCII);
        return Long.parseLong(text.substring(0, text.indexOf(' ')));
    }

    private void write(int writer, Random random) {
        for (long i = counter(store, "a/" + writer) + 1; ; i++) {
            // Small and large ones, so that logs and tables are changed at all times.
            String value = i + " " + "x".repeat(random.nextInt(10) == 0 ? 20_000 : 100);
            long revision = store.commit(Txn.of(
                            put("a/" + writer, value, 0),
                            put("b/" + writer, value, 0),
                            put("ring/%d/%d".formatted(writer, i % RING), value, 0)))
                    .revision();
            tell("wrote %d %d %d".formatted(writer, i, revision));
        }
    }

    private void lease(Random random) {
        while (true) {
            long id = random.nextLong(1, Long.MAX_VALUE);
            store.grant(id, Duration.ofHours(1));
            store.commit(Txn.of(put("l/" + id, "1 ", id)));
            tell("granted " + id);
            if (random.nextBoolean()) {
                store.revoke(id);
                tell("revoked " + id);
            }
        }
    }

    private void compactAndWatch() {
        try (Watcher watcher = store.watch(new WatchQuery(ALL, 0, false))) {
            while (true) {
                long seen = 0;
                for (var batch = watcher.next(Duration.ofSeconds(1));
                        batch.isPresent() && seen < KEPT_REVISIONS / 2;
                        batch = watcher.next(Duration.ofSeconds(1))) {
                    seen += batch.get().events().size();
                    tell("saw " + batch.get().events().getLast().entry().modRevision());
                }
                long revision = store.revision() - KEPT_REVISIONS;
                if (revision > store.compactedRevision()) {
                    store.compact(revision);
                    tell("compacted " + revision);
                }
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private static Operation put(String key, String value, long lease) {
        return new Operation.Put(Key.of(key), value.getBytes(StandardCharsets.US_ASCII), lease, false);
    }

    private static void tell(String line) {
        synchronized (CrashLoad.class) {
            System.out.println(line + " .");
        }
    }
}
