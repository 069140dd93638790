package dev.longshore.kubelet.configuration;

/// A kubelet configuration that cannot be used; the message says what is wrong with which field.
public final class ConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// @param message what is wrong, in one line
    public ConfigurationException(String message) {
        super(message);
    }

    /// The same, with what led to it.
    public ConfigurationException(String message, Throwable cause) {
        super(message, cause);
    }
}
