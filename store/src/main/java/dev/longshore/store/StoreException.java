package dev.longshore.store;

/// Carries a [StoreFault].
public final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient StoreFault fault;

    /// For `fault`.
    public StoreException(StoreFault fault) {
        this(fault, null);
    }

    /// For `fault`, which `cause` brought about.
    public StoreException(StoreFault fault, Throwable cause) {
        super(fault.message(), cause);
        this.fault = fault;
    }

    /// What happened.
    public StoreFault fault() {
        return fault;
    }
}
