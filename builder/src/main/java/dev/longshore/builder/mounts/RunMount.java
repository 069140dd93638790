package dev.longshore.builder.mounts;

import java.io.IOException;

/// A mount of one RUN line, everything about it resolved.
interface RunMount {

    /// All that decides what the command sees, and nothing of what it must not: no secret, no content of a cache.
    /// Equal meanings make equal steps.
    String meaning();

    /// Opens it for a command that is about to run. What has to be undone afterwards, `opened` is told.
    ///
    /// @throws dev.longshore.builder.dockerfile.DockerfileException when what it needs is not there
    void open(OpenMounts opened) throws IOException, InterruptedException;
}
