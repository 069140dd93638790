package dev.longshore.scheduler.devices;

/// Devices cannot be chosen, and the message says why: a claim, a class or a pool is not as it should be.
final class DeviceException extends Exception {

    private static final long serialVersionUID = 1L;

    DeviceException(String message) {
        super(message, null, false, false);
    }
}
