package dev.longshore.kubelet.volumes;

import java.time.Instant;
import java.util.Optional;

/// A volume or a value cannot be had; the message is fit for an event.
public final class VolumeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String step;
    private final transient Optional<Instant> retryAt;

    /// With words for people.
    public VolumeException(String message) {
        this(message, null, "", Optional.empty());
    }

    /// Brought about by `cause`.
    public VolumeException(String message, Throwable cause) {
        this(message, cause, "", Optional.empty());
    }

    private VolumeException(String message, Throwable cause, String step, Optional<Instant> retryAt) {
        super(message, cause);
        this.step = step;
        this.retryAt = retryAt;
    }

    /// In one step of mounting, as the original calls it: `MountVolume.NewMounter initialization`.
    static VolumeException during(String step, String message) {
        return new VolumeException(message, null, step, Optional.empty());
    }

    /// Some of a pod's volumes cannot be had; they are tried again at `retryAt`.
    static VolumeException until(Instant retryAt, String message) {
        return new VolumeException(message, null, "", Optional.of(retryAt));
    }

    /// The step that failed; empty for the usual one.
    String step() {
        return step;
    }

    /// When it makes sense to try again; empty when that is for the caller to choose.
    public Optional<Instant> retryAt() {
        return retryAt;
    }
}
