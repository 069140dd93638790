package dev.longshore.builder;

import dev.longshore.images.Image;
import java.io.IOException;

/// Takes what a build came to, while everything of it is kept.
@FunctionalInterface
public interface Results {

    /// Nothing more is done with it.
    Results NONE = finished -> {};

    /// Called once, on the build's thread, after the image was named; a failure is the build's.
    void take(Finished finished) throws IOException, InterruptedException;

    /// A build that is done but for its results.
    ///
    /// @param result what it came to, before it was named
    record Finished(Built built, Image image, BuildResult result) {}
}
