package dev.longshore.store.snapshot;

/// Carries a [SnapshotFault].
public final class SnapshotException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient SnapshotFault fault;

    /// For `fault`.
    public SnapshotException(SnapshotFault fault) {
        super(fault.message());
        this.fault = fault;
    }

    /// What is wrong with it.
    public SnapshotFault fault() {
        return fault;
    }
}
