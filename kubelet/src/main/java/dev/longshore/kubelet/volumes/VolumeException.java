package dev.longshore.kubelet.volumes;

import java.util.List;

/// A volume or a value cannot be had; the message is fit for an event.
public final class VolumeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final List<String> messages;

    /// With words for people.
    public VolumeException(String message) {
        super(message);
        this.messages = List.of(message);
    }

    /// Brought about by `cause`.
    public VolumeException(String message, Throwable cause) {
        super(message, cause);
        this.messages = List.of(message);
    }

    /// Several volumes cannot be had, each for the reason that is said of it.
    VolumeException(List<String> messages) {
        super(String.join("; ", messages));
        this.messages = List.copyOf(messages);
    }

    /// One for each volume.
    public List<String> messages() {
        return messages;
    }
}
