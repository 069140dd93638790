package dev.longshore.controllers;

/// Where a node keeps the directories of volumes that are made on demand. Thread-safe.
public interface VolumeDirectories {

    /// The path of the directory called `name`, which need not be there yet.
    ///
    /// @throws IllegalArgumentException when `name` is no plain name
    String path(String name);

    /// Removes the directory called `name` with all that is in it; nothing happens when it is not there.
    ///
    /// @throws IllegalArgumentException when `name` is no plain name
    /// @throws java.io.UncheckedIOException when it cannot be removed
    void remove(String name);
}
