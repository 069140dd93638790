package dev.longshore.kubelet.volumes;

/// A volume or a value cannot be had; the message is fit for an event.
public final class VolumeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// With words for people.
    public VolumeException(String message) {
        super(message);
    }

    /// Brought about by `cause`.
    public VolumeException(String message, Throwable cause) {
        super(message, cause);
    }
}
