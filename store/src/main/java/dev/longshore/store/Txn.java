package dev.longshore.store;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// If all compares hold, then `success`, else `failure`. All compares, those of transactions within too, look at the
/// state before any of it.
public record Txn(List<Compare> compares, List<Operation> success, List<Operation> failure) {

    public Txn {
        compares = List.copyOf(compares);
        success = List.copyOf(success);
        failure = List.copyOf(failure);
    }

    /// An unconditional transaction.
    public static Txn of(Operation... operations) {
        return new Txn(List.of(), List.of(operations), List.of());
    }

    /// A fact about every key of a range, compared with a value of the same kind.
    public record Compare(KeyRange range, Target target, Relation relation) {

        /// The key's last modification is `modRevision`; 0 means that it does not exist.
        public static Compare modRevision(Key key, long modRevision) {
            return new Compare(KeyRange.single(key), new Target.ModRevision(modRevision), Relation.EQUAL);
        }
    }

    /// What is compared. A key that does not exist has version, create and mod revision 0.
    public sealed interface Target {
        /// The version number.
        record Version(long value) implements Target {}

        /// The revision at which the key came to be.
        record CreateRevision(long value) implements Target {}

        /// The revision of the newest version.
        record ModRevision(long value) implements Target {}

        /// The bytes; a key that does not exist never compares true.
        record Value(byte[] value) implements Target {}

        /// The lease.
        record LeaseId(long value) implements Target {}
    }

    /// How.
    public enum Relation {
        EQUAL,
        NOT_EQUAL,
        GREATER,
        LESS
    }

    /// One step of a branch.
    public sealed interface Operation {
        /// Reads; `query.revision` 0 sees what earlier steps of this transaction wrote.
        record Get(RangeQuery query) implements Operation {}

        /// Writes one key.
        record Put(Key key, byte[] value, long lease, boolean previous) implements Operation {
            /// Without lease, without asking for the previous value.
            public Put(Key key, byte[] value) {
                this(key, value, 0, false);
            }
        }

        /// Writes one key that exists, keeping what is not given.
        record Change(Key key, Optional<byte[]> value, OptionalLong lease, boolean previous) implements Operation {}

        /// Deletes a range.
        record Delete(KeyRange range, boolean previous) implements Operation {
            /// One key.
            public Delete(Key key) {
                this(KeyRange.single(key), false);
            }
        }

        /// A transaction within.
        record Nested(Txn txn) implements Operation {}
    }
}
