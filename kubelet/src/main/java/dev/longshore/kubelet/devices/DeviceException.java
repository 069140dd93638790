package dev.longshore.kubelet.devices;

/// A device cannot be had, or not be used; the message says why, for people.
public final class DeviceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// Says why.
    public DeviceException(String message) {
        super(message);
    }
}
