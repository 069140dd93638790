package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.ManualTime;
import dev.longshore.store.Key;
import dev.longshore.store.Stores;
import dev.longshore.store.Txn;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompactorTest {

    @Test
    void whatIsOlderThanFiveMinutesIsForgotten() {
        var time = new ManualTime();
        try (var store = Stores.inMemory(time);
                var compactor = new Compactor(store, time, Compactor.USUAL)) {
            for (int i = 0; i < 3; i++) {
                store.commit(
                        new Txn(List.of(), List.of(new Txn.Operation.Put(Key.of("a"), new byte[] {1})), List.of()));
            }
            long then = store.revision();
            compactor.start();
            store.commit(new Txn(List.of(), List.of(new Txn.Operation.Put(Key.of("a"), new byte[] {2})), List.of()));

            time.advance(Duration.ofMinutes(5));

            await().until(() -> store.compactedRevision() == then);
            assertThat(store.revision()).isEqualTo(then + 1);
        }
    }
}
