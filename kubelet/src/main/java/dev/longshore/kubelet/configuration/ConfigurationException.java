package dev.longshore.kubelet.configuration;

/// A kubelet configuration that cannot be used; the message says what is wrong with which field.
public final class ConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ConfigurationException(String message) {
        super(message);
    }

    ConfigurationException(String message, Throwable cause) {
        super(message, cause);
    }
}
