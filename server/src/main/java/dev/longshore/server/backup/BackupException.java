package dev.longshore.server.backup;

/// Carries a [BackupFault].
public final class BackupException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient BackupFault fault;

    /// For `fault`.
    public BackupException(BackupFault fault) {
        super(fault.message());
        this.fault = fault;
    }

    /// What is wrong with it.
    public BackupFault fault() {
        return fault;
    }
}
