package dev.longshore.kubelet.probes;

/// A probe or hook names a port that its container does not have.
final class NoSuchPortException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NoSuchPortException(String message) {
        super(message);
    }

    NoSuchPortException(String message, Throwable cause) {
        super(message, cause);
    }
}
