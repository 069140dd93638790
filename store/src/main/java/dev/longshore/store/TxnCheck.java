package dev.longshore.store;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Refuses, before anything runs, transactions that could write a key twice as etcd refuses them: two puts of it, or a
/// put and a deletion around it, in one branch. The branches of a nested transaction exclude each other, but not what
/// stands beside it. As in etcd there are gaps: a deletion from a key on, and one within a transaction that stands
/// behind another with the put; then the later write counts.
final class TxnCheck {

    private TxnCheck() {}

    static void check(Txn txn) {
        branch(txn.success());
        branch(txn.failure());
    }

    /// Whether any branch puts or deletes.
    static boolean writes(Txn txn) {
        return writes(txn.success()) || writes(txn.failure());
    }

    /// Whether any branch puts.
    static boolean puts(Txn txn) {
        return puts(txn.success()) || puts(txn.failure());
    }

    private static boolean puts(List<Txn.Operation> operations) {
        return operations.stream().anyMatch(operation -> switch (operation) {
            case Txn.Operation.Get _, Txn.Operation.Delete _ -> false;
            case Txn.Operation.Put _, Txn.Operation.Change _ -> true;
            case Txn.Operation.Nested nested -> puts(nested.txn());
        });
    }

    private static boolean writes(List<Txn.Operation> operations) {
        return operations.stream().anyMatch(operation -> switch (operation) {
            case Txn.Operation.Get _ -> false;
            case Txn.Operation.Put _, Txn.Operation.Change _, Txn.Operation.Delete _ -> true;
            case Txn.Operation.Nested nested -> writes(nested.txn());
        });
    }

    /// In etcd's order: the deletions of this level, then what stands within, then the puts of this level.
    private static Touched branch(List<Txn.Operation> operations) {
        var all = new Touched(new HashSet<>(), new ArrayList<>());
        for (Txn.Operation operation : operations) {
            if (operation instanceof Txn.Operation.Delete delete) {
                all.deletes.add(delete.range());
            }
        }
        for (Txn.Operation operation : operations) {
            if (operation instanceof Txn.Operation.Nested(Txn nested)) {
                all.add(branch(nested.success()), branch(nested.failure()));
            }
        }
        for (Txn.Operation operation : operations) {
            switch (operation) {
                case Txn.Operation.Put put -> all.put(put.key());
                case Txn.Operation.Change change -> all.put(change.key());
                case Txn.Operation.Get _, Txn.Operation.Delete _, Txn.Operation.Nested _ -> {}
            }
        }
        return all;
    }

    private record Touched(Set<Key> puts, List<KeyRange> deletes) {

        void put(Key key) {
            if (puts.contains(key) || deletes.stream().anyMatch(range -> isAround(range, key))) {
                throw new StoreException(new StoreFault.Invalid("duplicate key given in txn request: " + key));
            }
            puts.add(key);
        }

        /// Only one of both branches runs.
        void add(Touched success, Touched failure) {
            success.puts.forEach(this::put);
            failure.puts.stream().filter(key -> !success.puts.contains(key)).forEach(this::put);
            deletes.addAll(success.deletes);
            deletes.addAll(failure.deletes);
        }

        /// etcd takes a range without end for one that holds its first key only, so we do.
        private static boolean isAround(KeyRange range, Key key) {
            return range.end().isEmpty() ? range.start().equals(key) : range.contains(key);
        }
    }
}
