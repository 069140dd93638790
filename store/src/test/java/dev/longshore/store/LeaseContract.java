package dev.longshore.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Time;
import dev.longshore.store.Txn.Operation;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Leases.
abstract class LeaseContract extends StoreContract {

    private static final Duration TTL = Duration.ofSeconds(10);

    LeaseContract(Function<Time, ? extends Store> engine) {
        super(engine);
    }

    @Test
    void choosesAnIdWhenNoneIsGiven() {
        Lease lease = store.grant(0, TTL);

        assertThat(lease.id()).isPositive();
        assertThat(lease.ttl()).isEqualTo(TTL);
        assertThat(lease.remaining()).isEqualTo(TTL);
        assertFault(StoreFault.LeaseExists.class, () -> store.grant(lease.id(), TTL));
    }

    @Test
    void refusesALeaseThatIsOverAtOnce() {
        assertFault(StoreFault.Invalid.class, () -> store.grant(0, Duration.ZERO));
    }

    @Test
    void expiryDeletesTheKeysInOneRevision() throws InterruptedException {
        Lease lease = store.grant(0, ttl());
        attach("b", lease);
        attach("a", lease);
        put("c", "stays");
        try (Watcher watcher = store.watch(new WatchQuery(prefix(""), 0, false))) {
            pass(ttl());

            assertThat(events(watcher, 2)).containsExactly("5 -a", "5 -b");
        }
        assertThat(read(prefix(""), 0)).containsExactly("c=stays");
        assertFault(StoreFault.LeaseNotFound.class, () -> store.keepAlive(lease.id()));
    }

    @Test
    void keepAliveStartsItAnew() throws InterruptedException {
        Lease lease = store.grant(0, ttl());
        attach("a", lease);
        pass(ttl().multipliedBy(3).dividedBy(5));
        assertThat(store.keepAlive(lease.id()).remaining()).isEqualTo(ttl());
        try (Watcher watcher = store.watch(new WatchQuery(prefix(""), 0, false))) {
            pass(ttl().multipliedBy(3).dividedBy(5));
            assertThat(read(prefix(""), 0)).containsExactly("a=x");
            pass(ttl().multipliedBy(2).dividedBy(5));

            assertThat(events(watcher, 1)).containsExactly("3 -a");
        }
    }

    /// How long a lease lives that is to end in a test.
    Duration ttl() {
        return TTL;
    }

    /// Lets so much of the store's time pass.
    void pass(Duration span) throws InterruptedException {
        time.advance(span);
    }

    @Test
    void revokingDeletesTheKeys() {
        Lease lease = store.grant(42, TTL);
        attach("a", lease);

        store.revoke(42);

        assertThat(read(prefix(""), 0)).isEmpty();
        assertThat(store.revision()).isEqualTo(3);
        assertFault(StoreFault.LeaseNotFound.class, () -> store.revoke(42));
        assertFault(StoreFault.LeaseNotFound.class, () -> store.keepAlive(42));
    }

    @Test
    void revokingALeaseWithoutKeysIsNoWrite() {
        store.grant(42, TTL);
        store.revoke(42);

        assertThat(store.revision()).isEqualTo(1);
        assertThat(store.grant(42, TTL).id()).isEqualTo(42);
    }

    @Test
    void theLastPutDecidesWhichLeaseAKeyHangsOn() {
        Lease first = store.grant(1, TTL);
        Lease second = store.grant(2, TTL);
        attach("a", first);
        attach("b", first);
        attach("a", second);
        put("b", "free");

        store.revoke(1);
        assertThat(read(prefix(""), 0)).containsExactly("a=x", "b=free");
        store.revoke(2);
        assertThat(read(prefix(""), 0)).containsExactly("b=free");
    }

    @Test
    void aDeletedKeyLeavesItsLease() {
        attach("a", store.grant(1, TTL));
        delete("a");
        put("a", "new");

        store.revoke(1);

        assertThat(read(prefix(""), 0)).containsExactly("a=new");
    }

    private void attach(String key, Lease lease) {
        store.commit(Txn.of(new Operation.Put(key(key), bytes("x"), lease.id(), false)));
    }
}
