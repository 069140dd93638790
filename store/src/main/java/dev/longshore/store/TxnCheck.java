package dev.longshore.store;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Refuses, before anything runs, transactions that could write a key twice: two puts of it, or a put and a
/// deletion around it, in one branch. The branches of a nested transaction exclude each other, but not what
/// stands beside it.
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
            case Txn.Operation.Put _ -> true;
            case Txn.Operation.Nested nested -> puts(nested.txn());
        });
    }

    private static boolean writes(List<Txn.Operation> operations) {
        return operations.stream().anyMatch(operation -> switch (operation) {
            case Txn.Operation.Get _ -> false;
            case Txn.Operation.Put _, Txn.Operation.Delete _ -> true;
            case Txn.Operation.Nested nested -> writes(nested.txn());
        });
    }

    private static Touched branch(List<Txn.Operation> operations) {
        var all = new Touched(new HashSet<>(), new ArrayList<>());
        for (Txn.Operation operation : operations) {
            switch (operation) {
                case Txn.Operation.Get _ -> {}
                case Txn.Operation.Put put -> all.put(put.key());
                case Txn.Operation.Delete delete -> all.delete(delete.range());
                case Txn.Operation.Nested nested -> {
                    Touched success = branch(nested.txn().success());
                    Touched failure = branch(nested.txn().failure());
                    success.addAlternative(failure);
                    success.puts.forEach(all::put);
                    success.deletes.forEach(all::delete);
                }
            }
        }
        return all;
    }

    private record Touched(Set<Key> puts, List<KeyRange> deletes) {

        void put(Key key) {
            if (!puts.add(key) || deletes.stream().anyMatch(range -> range.contains(key))) {
                throw twice(key);
            }
        }

        void delete(KeyRange range) {
            puts.stream().filter(range::contains).findAny().ifPresent(key -> {
                throw twice(key);
            });
            deletes.add(range);
        }

        void addAlternative(Touched other) {
            puts.addAll(other.puts);
            deletes.addAll(other.deletes);
        }

        private static StoreException twice(Key key) {
            return new StoreException(new StoreFault.Invalid("duplicate key given in txn request: " + key));
        }
    }
}
