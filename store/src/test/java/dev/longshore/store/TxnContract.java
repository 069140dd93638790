package dev.longshore.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Time;
import dev.longshore.store.Txn.Compare;
import dev.longshore.store.Txn.Operation;
import dev.longshore.store.Txn.Relation;
import dev.longshore.store.Txn.Target;
import dev.longshore.store.TxnResult.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Transactions.
abstract class TxnContract extends StoreContract {

    TxnContract(Function<Time, ? extends Store> engine) {
        super(engine);
    }

    @Test
    void startsAtRevisionOne() {
        assertThat(store.revision()).isEqualTo(1);
        assertThat(store.compactedRevision()).isZero();
    }

    @Test
    void everyWritingTransactionTakesTheNextRevision() {
        assertThat(put("a", "1")).isEqualTo(2);
        assertThat(put("a", "2")).isEqualTo(3);
        assertThat(delete("a")).isEqualTo(4);
        assertThat(store.revision()).isEqualTo(4);
    }

    @Test
    void countsVersionsFromCreation() {
        put("a", "1");
        put("a", "2");

        KeyValue entry = store.range(RangeQuery.of(key("a"))).entries().getFirst();

        assertThat(entry.createRevision()).isEqualTo(2);
        assertThat(entry.modRevision()).isEqualTo(3);
        assertThat(entry.version()).isEqualTo(2);
    }

    @Test
    void aKeyMadeAnewStartsAtVersionOne() {
        put("a", "1");
        delete("a");
        put("a", "2");

        KeyValue entry = store.range(RangeQuery.of(key("a"))).entries().getFirst();

        assertThat(entry.createRevision()).isEqualTo(4);
        assertThat(entry.version()).isEqualTo(1);
    }

    @Test
    void deletingNothingIsNoWrite() {
        TxnResult result = store.commit(Txn.of(new Operation.Delete(key("a"))));

        assertThat(result.revision()).isEqualTo(1);
        assertThat(result.results()).containsExactly(new Result.Deleted(0, List.of()));
    }

    @Test
    void createsOnlyWhatIsNotThere() {
        var create = new Txn(
                List.of(Compare.modRevision(key("a"), 0)),
                List.of(new Operation.Put(key("a"), bytes("mine"))),
                List.of(new Operation.Get(RangeQuery.of(key("a")))));

        assertThat(store.commit(create).succeeded()).isTrue();
        TxnResult second = store.commit(create);

        assertThat(second.succeeded()).isFalse();
        assertThat(second.results().getFirst())
                .isInstanceOfSatisfying(
                        Result.Got.class,
                        got -> assertThat(got.range().entries())
                                .singleElement()
                                .satisfies(entry -> assertThat(text(entry)).isEqualTo("a=mine")));
    }

    @Test
    void comparesEachKindOfFact() {
        put("a", "1");
        put("a", "2");

        assertThat(holds(new Target.Version(2), Relation.EQUAL)).isTrue();
        assertThat(holds(new Target.Version(1), Relation.GREATER)).isTrue();
        assertThat(holds(new Target.CreateRevision(3), Relation.LESS)).isTrue();
        assertThat(holds(new Target.ModRevision(3), Relation.NOT_EQUAL)).isFalse();
        assertThat(holds(new Target.Value(bytes("2")), Relation.EQUAL)).isTrue();
        assertThat(holds(new Target.Value(bytes("10")), Relation.GREATER)).isTrue();
        assertThat(holds(new Target.LeaseId(0), Relation.EQUAL)).isTrue();
    }

    @Test
    void aMissingKeyHasZerosAndNoValue() {
        assertThat(holds(new Target.Version(0), Relation.EQUAL)).isTrue();
        assertThat(holds(new Target.ModRevision(5), Relation.LESS)).isTrue();
        assertThat(holds(new Target.Value(bytes("")), Relation.EQUAL)).isFalse();
        assertThat(holds(new Target.Value(bytes("x")), Relation.NOT_EQUAL)).isFalse();
    }

    @Test
    void comparesEveryKeyOfARange() {
        put("a1", "x");
        put("a2", "y");
        var bothFirst = new Compare(prefix("a"), new Target.Version(1), Relation.EQUAL);

        assertThat(store.commit(new Txn(List.of(bothFirst), List.of(), List.of()))
                        .succeeded())
                .isTrue();
        put("a2", "z");
        assertThat(store.commit(new Txn(List.of(bothFirst), List.of(), List.of()))
                        .succeeded())
                .isFalse();
    }

    @Test
    void laterStepsSeeEarlierOnes() {
        put("a1", "old");

        TxnResult result = store.commit(Txn.of(
                new Operation.Put(key("b"), bytes("new")),
                new Operation.Delete(prefix("a"), true),
                new Operation.Get(RangeQuery.of(prefix("")))));

        assertThat(result.revision()).isEqualTo(3);
        var deleted = (Result.Deleted) result.results().get(1);
        assertThat(deleted.count()).isEqualTo(1);
        assertThat(deleted.previous()).extracting(StoreContract::text).containsExactly("a1=old");
        var got = (Result.Got) result.results().get(2);
        assertThat(got.range().entries()).extracting(StoreContract::text).containsExactly("b=new");
        assertThat(got.range().revision()).isEqualTo(3);
    }

    @Test
    void nestedTransactionsShareTheRevisionAndCompareWhatWasBefore() {
        var inner = new Txn(
                List.of(Compare.modRevision(key("a"), 0)),
                List.of(new Operation.Put(key("b"), bytes("inner"))),
                List.of());

        TxnResult result =
                store.commit(Txn.of(new Operation.Put(key("a"), bytes("outer")), new Operation.Nested(inner)));

        assertThat(result.revision()).isEqualTo(2);
        assertThat(result.results().get(1))
                .isInstanceOfSatisfying(
                        Result.Ran.class,
                        ran -> assertThat(ran.result().succeeded()).isTrue());
        assertThat(read(prefix(""), 0)).containsExactly("a=outer", "b=inner");
    }

    @Test
    void changesKeepWhatIsNotGiven() {
        long lease = store.grant(0, Duration.ofMinutes(5)).id();
        store.commit(Txn.of(new Operation.Put(key("a"), bytes("1"), lease, false)));

        store.commit(Txn.of(new Operation.Change(key("a"), Optional.of(bytes("2")), OptionalLong.empty(), false)));
        KeyValue changed = store.range(RangeQuery.of(key("a"))).entries().getFirst();
        assertThat(text(changed)).isEqualTo("a=2");
        assertThat(changed.lease()).isEqualTo(lease);
        store.commit(Txn.of(new Operation.Change(key("a"), Optional.empty(), OptionalLong.of(0), false)));
        changed = store.range(RangeQuery.of(key("a"))).entries().getFirst();
        assertThat(text(changed)).isEqualTo("a=2");
        assertThat(changed.lease()).isZero();
        assertFault(
                StoreFault.NoSuchKey.class,
                () -> store.commit(
                        Txn.of(new Operation.Change(key("b"), Optional.empty(), OptionalLong.of(0), false))));
    }

    @Test
    void returnsThePreviousVersionWhenAsked() {
        put("a", "1");

        TxnResult result = store.commit(Txn.of(new Operation.Put(key("a"), bytes("2"), 0, true)));

        var wrote = (Result.Wrote) result.results().getFirst();
        assertThat(wrote.previous().map(StoreContract::text)).contains("a=1");
        var first = store.commit(Txn.of(new Operation.Put(key("b"), bytes("1"), 0, true)));
        assertThat(first.results().getFirst()).isEqualTo(new Result.Wrote(Optional.empty()));
    }

    @Test
    void refusesToWriteAKeyTwice() {
        assertFault(
                StoreFault.Invalid.class,
                () -> store.commit(
                        Txn.of(new Operation.Put(key("a"), bytes("1")), new Operation.Put(key("a"), bytes("2")))));
        assertFault(
                StoreFault.Invalid.class,
                () -> store.commit(
                        Txn.of(new Operation.Put(key("a"), bytes("1")), new Operation.Delete(prefix("a"), false))));
        assertThat(store.revision()).isEqualTo(1);
    }

    @Test
    void aFailingStepTakesBackTheStepsBefore() {
        assertFault(
                StoreFault.FutureRevision.class,
                () -> store.commit(Txn.of(
                        new Operation.Put(key("a"), bytes("1")),
                        new Operation.Get(new RangeQuery(prefix(""), 99, 0, false, false)))));
        assertFault(
                StoreFault.LeaseNotFound.class,
                () -> store.commit(Txn.of(
                        new Operation.Put(key("a"), bytes("1")), new Operation.Put(key("b"), bytes("1"), 7, false))));

        assertThat(read(prefix(""), 0)).isEmpty();
        assertThat(put("a", "2")).isEqualTo(2);
    }

    @Test
    void concurrentWritersNeitherLoseNorShareRevisions() throws Exception {
        var revisions = new ArrayList<Long>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = new ArrayList<Callable<Long>>();
            for (int i = 0; i < 200; i++) {
                String name = "k" + i;
                tasks.add(() -> put(name, "v"));
            }
            for (var done : threads.invokeAll(tasks)) {
                revisions.add(done.get());
            }
        }

        assertThat(revisions).doesNotHaveDuplicates();
        assertThat(store.revision()).isEqualTo(201);
        assertThat(store.range(RangeQuery.of(prefix("k"))).count()).isEqualTo(200);
    }

    @Test
    void oneOfManyCompetingWritersWins() throws Exception {
        var create = new Txn(
                List.of(Compare.modRevision(key("lock"), 0)),
                List.of(new Operation.Put(key("lock"), bytes("x"))),
                List.of());
        long winners = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<TxnResult>> tasks = java.util.Collections.nCopies(50, () -> store.commit(create));
            for (var done : threads.invokeAll(tasks)) {
                winners += done.get().succeeded() ? 1 : 0;
            }
        }

        assertThat(winners).isEqualTo(1);
    }

    private boolean holds(Target target, Relation relation) {
        var compare = new Compare(KeyRange.single(key("a")), target, relation);
        return store.commit(new Txn(List.of(compare), List.of(), List.of())).succeeded();
    }
}
