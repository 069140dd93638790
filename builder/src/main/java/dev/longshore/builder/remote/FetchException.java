package dev.longshore.builder.remote;

/// What is elsewhere cannot be had, or is not what it should be. The message is for whoever builds; no password is
/// in it.
public final class FetchException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public FetchException(String why) {
        super(why);
    }

    public FetchException(String why, Throwable cause) {
        super(why, cause);
    }
}
