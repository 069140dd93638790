package dev.longshore.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// What [CrashLoad] was told, over many kills, and whether a store that is opened again has it.
final class CrashLedger {

    private final TreeMap<Integer, Long> written = new TreeMap<>();
    private final Set<Long> granted = new HashSet<>();
    private final Set<Long> revoked = new HashSet<>();
    private long revision;
    private long compacted;
    private long seen;
    private long acknowledged;
    private long previous;

    /// One line of the load's.
    void take(String line) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
            case "wrote" -> {
                long now = Long.parseLong(words[3]);
                assertThat(now).as("a revision that was given out before").isGreaterThan(previous);
                written.put(Integer.parseInt(words[1]), Long.parseLong(words[2]));
                revision = Math.max(revision, now);
                acknowledged++;
            }
            case "granted" -> granted.add(Long.parseLong(words[1]));
            case "revoked" -> {
                granted.remove(Long.parseLong(words[1]));
                revoked.add(Long.parseLong(words[1]));
            }
            case "compacted" -> compacted = Math.max(compacted, Long.parseLong(words[1]));
            case "saw" -> seen = Math.max(seen, Long.parseLong(words[1]));
            default -> throw new AssertionError("the load says: " + line);
        }
    }

    /// How many writes were acknowledged.
    long acknowledged() {
        return acknowledged;
    }

    long revision() {
        return revision;
    }

    /// Everything that was acknowledged is there, nothing is half there, and watches go on where they were.
    void compare(EmbeddedStore store) throws InterruptedException {
        assertThat(store.revision()).isGreaterThanOrEqualTo(Math.max(revision, seen));
        assertThat(store.compactedRevision()).isGreaterThanOrEqualTo(compacted);
        for (int writer = 0; writer < CrashLoad.WRITERS; writer++) {
            compareWriter(store, writer);
        }
        compareLeases(store);
        compareWatch(store);
        previous = store.revision();
        revision = previous;
        seen = previous;
    }

    private void compareWriter(EmbeddedStore store, int writer) {
        long last = written.getOrDefault(writer, 0L);
        long found = CrashLoad.counter(store, "a/" + writer);
        // One more may have been written, and its writer not told of it any more.
        assertThat(found).as("the last write of %d", writer).isBetween(last, last + 1);
        assertThat(CrashLoad.counter(store, "b/" + writer)).as("the other half").isEqualTo(found);
        for (long i = Math.max(1, found - CrashLoad.RING + 1); i <= found; i++) {
            assertThat(CrashLoad.counter(store, "ring/%d/%d".formatted(writer, i % CrashLoad.RING)))
                    .as("write %d of %d", i, writer)
                    .isEqualTo(i);
        }
        written.put(writer, found);
    }

    private void compareLeases(EmbeddedStore store) {
        for (long id : granted) {
            // It may have been revoked, and its holder not told of it any more.
            boolean hasKey = CrashLoad.counter(store, "l/" + id) == 1;
            assertThat(store.lease(id).isPresent())
                    .as("lease %d and its key", id)
                    .isEqualTo(hasKey);
            if (hasKey) {
                assertThat(store.attached(id)).containsExactly(Key.of("l/" + id));
            } else {
                revoked.add(id);
            }
        }
        granted.removeAll(revoked);
        for (long id : revoked) {
            assertThat(store.lease(id)).isEmpty();
            assertThat(CrashLoad.counter(store, "l/" + id)).isZero();
        }
        revoked.clear();
    }

    /// Every revision has changed something: none may be missing.
    private void compareWatch(EmbeddedStore store) throws InterruptedException {
        long from = Math.max(store.compactedRevision(), seen) + 1;
        List<Long> expected = new ArrayList<>();
        for (long each = from; each <= store.revision(); each++) {
            expected.add(each);
        }
        List<Long> found = new ArrayList<>();
        if (!expected.isEmpty()) {
            try (Watcher watcher = store.watch(new WatchQuery(CrashLoad.ALL, from, false))) {
                while (found.isEmpty() || found.getLast() < store.revision()) {
                    Watcher.Batch batch = watcher.next(Duration.ofSeconds(10)).orElseThrow();
                    batch.events().stream()
                            .map(event -> event.entry().modRevision())
                            .filter(each -> found.isEmpty() || !found.getLast().equals(each))
                            .forEach(found::add);
                }
            }
        }
        assertThat(found).as("a watch from %d on", from).isEqualTo(expected);
    }
}
