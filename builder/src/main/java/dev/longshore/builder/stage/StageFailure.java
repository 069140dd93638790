package dev.longshore.builder.stage;

import java.io.IOException;

/// Carries a failure from a stage's thread to the build's.
public final class StageFailure {

    private StageFailure() {}

    /// Throws `failure` as what it is.
    public static RuntimeException rethrow(Throwable failure) throws IOException, InterruptedException {
        switch (failure) {
            case IOException broken -> throw broken;
            case InterruptedException cancelled -> throw cancelled;
            case RuntimeException wrong -> throw wrong;
            case Error error -> throw error;
            default -> throw new IllegalStateException("a stage failed in a way that it cannot", failure);
        }
    }
}
