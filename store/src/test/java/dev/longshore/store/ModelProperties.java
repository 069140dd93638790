package dev.longshore.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.store.Txn.Operation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Any sequence of writes and compactions shows, at every revision that is left, what a naive model shows: one
/// copy of the whole map a revision.
class ModelProperties {

    @Property(tries = 200)
    void everyRevisionShowsWhatTheModelShows(@ForAll("steps") List<Step> steps) {
        try (Store store = Stores.inMemory(new ManualTime())) {
            var model = new Model();
            for (Step step : steps) {
                model.apply(step);
                apply(store, step);
                assertThat(store.revision()).isEqualTo(model.revision());
            }
            for (long revision = Math.max(1, store.compactedRevision()); revision <= model.revision(); revision++) {
                assertThat(show(store, revision)).isEqualTo(model.show(revision));
            }
        }
    }

    @Property(tries = 200)
    void aWatchFromTheStartReplaysToTheSameMap(@ForAll("steps") List<Step> steps) throws InterruptedException {
        try (Store store = Stores.inMemory(new ManualTime());
                Watcher live = store.watch(new WatchQuery(KeyRange.prefix(Key.of("k")), 0, false))) {
            steps.forEach(step -> apply(store, step));

            assertThat(replay(live)).isEqualTo(show(store, 0));
            if (store.compactedRevision() == 0) {
                try (Watcher late = store.watch(new WatchQuery(KeyRange.prefix(Key.of("k")), 1, false))) {
                    assertThat(replay(late)).isEqualTo(show(store, 0));
                }
            }
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<String> keys = Arbitraries.integers().between(0, 5).map(i -> "k" + i);
        Arbitrary<Step> puts =
                Combinators.combine(keys, Arbitraries.integers().between(0, 99)).as((k, v) -> new Step.Put(k, "v" + v));
        Arbitrary<Step> deletes = Combinators.combine(keys, keys).as((from, to) -> new Step.Delete(from, to));
        Arbitrary<Step> compactions = Arbitraries.integers().between(0, 5).map(Step.Compact::new);
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(6, puts),
                        net.jqwik.api.Tuple.of(3, deletes),
                        net.jqwik.api.Tuple.of(1, compactions))
                .list()
                .ofMaxSize(40);
    }

    private static void apply(Store store, Step step) {
        switch (step) {
            case Step.Put(var key, var value) ->
                store.commit(Txn.of(new Operation.Put(Key.of(key), value.getBytes(StandardCharsets.UTF_8))));
            case Step.Delete(var from, var to) ->
                store.commit(Txn.of(new Operation.Delete(new KeyRange(Key.of(from), Optional.of(Key.of(to))), false)));
            case Step.Compact(int back) -> {
                long revision = store.revision() - back;
                if (revision > store.compactedRevision() && revision > 0) {
                    store.compact(revision);
                }
            }
        }
    }

    private static List<String> show(Store store, long revision) {
        return store.range(new RangeQuery(KeyRange.prefix(Key.of("")), revision, 0, false, false)).entries().stream()
                .map(StoreContract::text)
                .toList();
    }

    private static List<String> replay(Watcher watcher) throws InterruptedException {
        var map = new TreeMap<String, String>();
        for (var batch = watcher.next(Duration.ZERO); batch.isPresent(); batch = watcher.next(Duration.ZERO)) {
            for (Watcher.Event event : batch.get().events()) {
                switch (event) {
                    case Watcher.Event.Put put ->
                        map.put(put.entry().key().toString(), StoreContract.text(put.entry()));
                    case Watcher.Event.Delete delete ->
                        map.remove(delete.entry().key().toString());
                }
            }
        }
        return List.copyOf(map.values());
    }

    sealed interface Step {
        record Put(String key, String value) implements Step {}

        record Delete(String from, String to) implements Step {}

        /// Compacts so many revisions before the newest.
        record Compact(int back) implements Step {}
    }

    private static final class Model {
        private final List<TreeMap<String, String>> revisions = new ArrayList<>(List.of(new TreeMap<>()));

        void apply(Step step) {
            var next = new TreeMap<>(revisions.getLast());
            switch (step) {
                case Step.Put(var key, var value) -> next.put(key, value);
                case Step.Delete(var from, var to) -> {
                    if (from.compareTo(to) < 0) {
                        next.subMap(from, to).clear();
                    }
                    if (next.size() == revisions.getLast().size()) {
                        return;
                    }
                }
                case Step.Compact _ -> {
                    return;
                }
            }
            revisions.add(next);
        }

        long revision() {
            return revisions.size();
        }

        List<String> show(long revision) {
            var shown = new ArrayList<String>();
            revisions.get((int) revision - 1).forEach((key, value) -> shown.add(key + "=" + value));
            return shown;
        }
    }
}
