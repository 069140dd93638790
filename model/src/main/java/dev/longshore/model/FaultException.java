package dev.longshore.model;

/// Carries a [Fault] up to the place that answers.
public final class FaultException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Fault fault;

    /// For `fault`.
    public FaultException(Fault fault) {
        this(fault, null);
    }

    /// For `fault`, which `cause` brought about.
    public FaultException(Fault fault, Throwable cause) {
        super(fault.message(), cause, true, cause != null);
        this.fault = fault;
    }

    /// What happened.
    public Fault fault() {
        return fault;
    }
}
