package dev.longshore.runtime;

import java.io.IOException;
import java.nio.file.Path;

/// A container's root file system as its processes see it, volumes included. What is in it is hostile: files are
/// reached only by way of directories that are held.
public interface RootView extends AutoCloseable {

    /// The directory at `path`, after every link, none of which leads out of the root.
    ///
    /// @throws java.nio.file.NoSuchFileException when there is none
    /// @throws java.nio.file.NotDirectoryException when it is something else
    Place directory(String path) throws IOException;

    @Override
    void close();

    /// A directory, or a file in one, that is held.
    interface Place extends AutoCloseable {
        /// A path to it that only this process can use, and only while it is held. A name below it may be a link.
        Path path();

        /// What is called `name` in it, itself, and held: a path that leads to it, whatever gets its name meanwhile.
        ///
        /// @throws java.nio.file.NoSuchFileException when there is nothing
        Place child(String name) throws IOException;

        @Override
        void close();
    }
}
