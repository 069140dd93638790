package dev.longshore.linux.dbus;

/// That the other side of a bus answered with an error, or not at all, or not in D-Bus.
public final class DbusException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DbusException(String message) {
        super(message);
    }

    DbusException(String message, Throwable cause) {
        super(message, cause);
    }
}
