package dev.longshore.scheduler.framework;

/// What a pod needs on its node could not be provided; the pod is to be scheduled again.
public final class PreparationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// Says why.
    public PreparationException(String message) {
        super(message);
    }
}
