package dev.longshore.kubelet.plugins;

/// A plugin cannot be used, and why, in words for its log.
public final class PluginException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// Says why.
    public PluginException(String message) {
        super(message);
    }
}
