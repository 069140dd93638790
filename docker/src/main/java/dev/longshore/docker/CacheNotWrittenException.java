package dev.longshore.docker;

/// A build's cache could not be put where it should be.
final class CacheNotWrittenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CacheNotWrittenException(Exception cause) {
        super("a build cache is not written: " + cause.getMessage(), cause);
    }
}
