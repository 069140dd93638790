package dev.longshore.metrics.exposition;

/// What a program told of itself cannot be read.
public final class MalformedExpositionException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedExpositionException(int line, String why) {
        super("line " + line + ": " + why);
    }
}
