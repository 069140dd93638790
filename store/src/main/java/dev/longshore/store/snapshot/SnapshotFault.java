package dev.longshore.store.snapshot;

/// Why a snapshot cannot be used.
public sealed interface SnapshotFault {

    /// A sentence for who restores it.
    String message();

    /// It begins unlike a snapshot.
    record NotASnapshot(String what) implements SnapshotFault {
        @Override
        public String message() {
            return "this is no snapshot of a Longshore store: " + what;
        }
    }

    /// It was written in a format that this program does not know.
    record OtherVersion(int version, int known) implements SnapshotFault {
        @Override
        public String message() {
            return "the snapshot has format %d, this program reads format %d: use a newer one"
                    .formatted(version, known);
        }
    }

    /// It ends too early.
    record Truncated(String detail) implements SnapshotFault {
        @Override
        public String message() {
            return "the snapshot is cut off: " + detail;
        }
    }

    /// Something in it was changed since it was written.
    record Altered(String detail) implements SnapshotFault {
        @Override
        public String message() {
            return "the snapshot is damaged: " + detail;
        }
    }
}
