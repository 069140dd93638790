package dev.longshore.store;

import java.util.List;
import java.util.Optional;

/// What a transaction did.
///
/// @param revision the store's revision after it: for a branch that wrote, the revision of all its writes
/// @param succeeded which branch ran
/// @param results one for each operation of that branch
public record TxnResult(long revision, boolean succeeded, List<Result> results) {

    /// What one operation did.
    public sealed interface Result {
        /// Of [Txn.Operation.Get].
        record Got(RangeResult range) implements Result {}

        /// Of [Txn.Operation.Put] and [Txn.Operation.Change], with the previous version where it was asked for and
        /// there was one.
        record Wrote(Optional<KeyValue> previous) implements Result {}

        /// Of [Txn.Operation.Delete].
        record Deleted(long count, List<KeyValue> previous) implements Result {}

        /// Of [Txn.Operation.Nested].
        record Ran(TxnResult result) implements Result {}
    }
}
