package dev.longshore.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Time;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Reads.
abstract class RangeContract extends StoreContract {

    RangeContract(Function<Time, ? extends Store> engine) {
        super(engine);
    }

    @Test
    void readsAPrefixInOrder() {
        put("/b/1", "x");
        put("/a/2", "y");
        put("/a/1", "z");
        put("/a0", "no");

        assertThat(read(prefix("/a/"), 0)).containsExactly("/a/1=z", "/a/2=y");
    }

    @Test
    void readsFromAKeyToTheEnd() {
        put("a", "1");
        put("b", "2");
        put("c", "3");

        assertThat(read(new KeyRange(key("b"), Optional.empty()), 0)).containsExactly("b=2", "c=3");
    }

    @Test
    void aRangeThatEndsBeforeItStartsIsEmpty() {
        put("a", "1");

        assertThat(read(new KeyRange(key("b"), Optional.of(key("a"))), 0)).isEmpty();
    }

    @Test
    void readsThePast() {
        put("a", "1");
        put("a", "2");
        delete("a");
        put("b", "3");

        assertThat(read(prefix(""), 1)).isEmpty();
        assertThat(read(prefix(""), 2)).containsExactly("a=1");
        assertThat(read(prefix(""), 3)).containsExactly("a=2");
        assertThat(read(prefix(""), 4)).isEmpty();
        assertThat(read(prefix(""), 5)).containsExactly("b=3");
    }

    @Test
    void tellsItsOwnRevisionWhateverWasAskedFor() {
        put("a", "1");
        put("a", "2");

        RangeResult result = store.range(new RangeQuery(prefix(""), 2, 0, false, false));

        assertThat(result.revision()).isEqualTo(3);
    }

    @Test
    void aLimitCutsButTheCountDoesNot() {
        put("a", "1");
        put("b", "2");
        put("c", "3");

        RangeResult cut = store.range(new RangeQuery(prefix(""), 0, 2, false, false));
        RangeResult whole = store.range(new RangeQuery(prefix(""), 0, 3, false, false));

        assertThat(cut.entries()).extracting(StoreContract::text).containsExactly("a=1", "b=2");
        assertThat(cut.count()).isEqualTo(3);
        assertThat(cut.more()).isTrue();
        assertThat(whole.more()).isFalse();
    }

    @Test
    void keysOnlyLeavesValuesOut() {
        put("a", "1");

        RangeResult result = store.range(new RangeQuery(prefix(""), 0, 0, true, false));

        assertThat(result.entries()).extracting(StoreContract::text).containsExactly("a=");
        assertThat(result.entries().getFirst().modRevision()).isEqualTo(2);
    }

    @Test
    void countOnlyReturnsNoKeys() {
        put("a", "1");
        put("b", "1");

        RangeResult result = store.range(new RangeQuery(prefix(""), 0, 0, false, true));

        assertThat(result.count()).isEqualTo(2);
        assertThat(result.entries()).isEmpty();
        assertThat(result.more()).isFalse();
    }

    @Test
    void keepsAnyBytesAsKeyAndValue() {
        Key odd = Key.of(new byte[] {(byte) 0xff, 0, (byte) 0x80});
        byte[] value = {0, (byte) 0xff, 1};
        store.commit(Txn.of(new Txn.Operation.Put(odd, value)));

        KeyValue found = store.range(RangeQuery.of(odd)).entries().getFirst();

        assertThat(found.key()).isEqualTo(odd);
        assertThat(found.value()).containsExactly(value);
    }

    @Test
    void refusesTheFuture() {
        assertFault(StoreFault.FutureRevision.class, () -> store.range(new RangeQuery(prefix(""), 2, 0, false, false)));
    }

    @Test
    void readsValuesThatAreLongOutOfMemory() {
        String big = "x".repeat(100_000);
        for (int i = 0; i < 60; i++) {
            put("k%02d".formatted(i), big + i);
        }

        assertThat(read(prefix("k"), 0))
                .hasSize(60)
                .first()
                .satisfies(first -> assertThat(first).isEqualTo("k00=" + big + "0"));
    }
}
