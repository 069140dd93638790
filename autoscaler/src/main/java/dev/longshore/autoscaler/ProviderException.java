package dev.longshore.autoscaler;

/// A provider of nodes cannot do what it was asked for; the message says why.
public final class ProviderException extends RuntimeException {

    /// With a reason for people.
    public ProviderException(String message) {
        super(message);
    }

    /// With a reason for people and what caused it.
    public ProviderException(String message, Throwable cause) {
        super(message, cause);
    }
}
