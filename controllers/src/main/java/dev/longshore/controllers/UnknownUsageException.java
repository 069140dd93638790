package dev.longshore.controllers;

/// Why nothing can be said about how many replicas there should be.
final class UnknownUsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnknownUsageException(String message) {
        super(message);
    }

    /// Says where it comes from.
    UnknownUsageException(String context, Throwable cause) {
        super(context + ": " + cause.getMessage(), cause);
    }
}
