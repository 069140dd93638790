package dev.longshore.builder.stage;

import dev.longshore.images.FileStat;
import java.io.IOException;
import java.nio.file.Path;

/// What the files of a tree hold, as far as builds ask. Thread-safe.
public interface Contents {

    /// A sum of the content and the extended attributes of the file or directory at `place`, which looks as `stat`
    /// says; no link. Of a directory, only its attributes count; of what is neither, nothing.
    String sum(Path place, FileStat stat) throws IOException;

    /// True if the file at `place` may be the file at `path` of an image by a hard link: nobody ever writes to it.
    default boolean lends(Path place, String path) {
        return false;
    }
}
