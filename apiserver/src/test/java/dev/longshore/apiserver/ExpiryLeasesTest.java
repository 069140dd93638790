package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.apiserver.objects.ExpiryLeases;
import dev.longshore.base.ManualTime;
import dev.longshore.store.Key;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.Stores;
import dev.longshore.store.Txn;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ExpiryLeasesTest {

    private final ManualTime time = new ManualTime();

    @Test
    void writesOfOneMinuteShareALeaseAndGoTogether() {
        try (var store = Stores.inMemory(time)) {
            var leases = new ExpiryLeases(store, time);
            long first = leases.lease(Duration.ofHours(1));
            time.advance(Duration.ofSeconds(59));
            assertThat(leases.lease(Duration.ofHours(1))).isEqualTo(first);
            time.advance(Duration.ofSeconds(2));
            assertThat(leases.lease(Duration.ofHours(1))).isNotEqualTo(first);
            assertThat(leases.lease(Duration.ofHours(2))).isNotEqualTo(first);

            Key key = Key.of("/events/one");
            store.commit(Txn.of(new Txn.Operation.Put(key, new byte[] {1}, first, false)));
            time.advance(Duration.ofMinutes(58));
            assertThat(store.range(RangeQuery.of(key)).entries()).hasSize(1);
            time.advance(Duration.ofMinutes(5));
            await().untilAsserted(() ->
                    assertThat(store.range(RangeQuery.of(key)).entries()).isEmpty());
        }
    }

    @Test
    void aLeaseHoldsAThousandObjectsAtMost() {
        try (var store = Stores.inMemory(time)) {
            var leases = new ExpiryLeases(store, time);
            long first = leases.lease(Duration.ofHours(1));
            for (int i = 1; i < 1000; i++) {
                assertThat(leases.lease(Duration.ofHours(1))).isEqualTo(first);
            }
            assertThat(leases.lease(Duration.ofHours(1))).isNotEqualTo(first);
        }
    }
}
