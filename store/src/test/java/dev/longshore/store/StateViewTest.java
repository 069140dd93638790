package dev.longshore.store;

import static dev.longshore.store.StoreContract.bytes;
import static dev.longshore.store.StoreContract.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.store.Txn.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StateViewTest {

    private final MemoryBackend backend = new MemoryBackend();
    private final EmbeddedStore store = MvccStore.open(backend, new ManualTime());

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void staysAsItIsWhileOthersWriteDeleteAndCompact() {
        for (int i = 0; i < 100; i++) {
            put("k%02d".formatted(i), "old");
        }
        store.grant(7, Duration.ofSeconds(10));
        try (StateView view = store.view()) {
            store.revoke(7);
            for (int i = 0; i < 100; i += 2) {
                put("k%02d".formatted(i), "new");
                store.commit(Txn.of(new Operation.Delete(key("k%02d".formatted(i + 1)))));
            }
            put("k0", "added");
            store.compact(store.revision());

            assertThat(view.revision()).isEqualTo(101);
            assertThat(view.leases()).extracting(Lease::id).containsExactly(7L);
            assertThat(show(view))
                    .hasSize(100)
                    .allMatch(line -> line.endsWith("=old"))
                    .isSorted();
        }
    }

    @Test
    void compactionForgetsNothingThatAViewShowsUntilItIsClosed() {
        put("a", "1");
        StateView older = store.view();
        put("a", "2");
        StateView newer = store.view();
        put("a", "3");
        store.compact(4);
        assertThat(values()).isEqualTo(3);

        newer.close();
        assertThat(values()).isEqualTo(3);
        older.close();
        older.close();
        assertThat(values()).isEqualTo(1);
        assertThat(store.range(RangeQuery.of(key("a"))).entries())
                .extracting(StoreContract::text)
                .containsExactly("a=3");
    }

    @Test
    void readersOfCompactedRevisionsAreRefusedAlthoughAViewHoldsThem() {
        put("a", "1");
        try (StateView view = store.view()) {
            put("a", "2");
            store.compact(3);
            StoreContract.assertFault(
                    StoreFault.Compacted.class,
                    () -> store.range(new RangeQuery(KeyRange.single(key("a")), 2, 0, false, false)));
            assertThat(show(view)).containsExactly("a=1");
        }
    }

    private int values() {
        var found = new ArrayList<byte[]>();
        backend.scan(new byte[] {'v'}, new byte[] {'w'}, (name, value) -> found.add(name));
        return found.size();
    }

    private void put(String key, String value) {
        store.commit(Txn.of(new Operation.Put(key(key), bytes(value))));
    }

    private static List<String> show(StateView view) {
        var shown = new ArrayList<String>();
        view.forEach(entry -> shown.add(StoreContract.text(entry)));
        return shown;
    }
}
