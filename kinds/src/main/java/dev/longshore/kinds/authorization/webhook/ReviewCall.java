package dev.longshore.kinds.authorization.webhook;

import java.io.IOException;
import java.time.Duration;

/// The way to one back end that reviews access. Blocks; thread-safe.
public interface ReviewCall extends AutoCloseable {

    /// Posts `body`.
    ///
    /// @param limit how long the back end may be silent
    /// @throws IOException when there is no answer
    Answer post(byte[] body, Duration limit) throws IOException;

    /// No more calls.
    @Override
    default void close() {}

    /// What was answered.
    ///
    /// @param asksForLater whether the back end says when to come again
    record Answer(int status, byte[] body, boolean asksForLater) {}

    /// Finds the way that a kubeconfig file describes.
    @FunctionalInterface
    interface Finder {
        /// @throws IllegalArgumentException when the file cannot be read, or makes no sense
        ReviewCall find(String kubeconfig);
    }
}
