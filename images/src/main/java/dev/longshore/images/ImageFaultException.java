package dev.longshore.images;

/// Carries an [ImageFault].
public final class ImageFaultException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient ImageFault fault;

    /// With `fault`.
    public ImageFaultException(ImageFault fault) {
        super(fault.message());
        this.fault = fault;
    }

    /// With `fault`, which `cause` brought about.
    public ImageFaultException(ImageFault fault, Throwable cause) {
        super(fault.message(), cause);
        this.fault = fault;
    }

    /// The facts.
    public ImageFault fault() {
        return fault;
    }
}
