package dev.longshore.builder.context;

import dev.longshore.images.FileStat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// A context that lies on this very machine.
///
/// @param path absolute, as whoever asks for the build sees it
/// @param identity its device and inode there, as [FileStat#identity] spells them: if it is another one here, then
///     it is not the same machine, or not the same mounts
/// @param dockerfile its path within the context
/// @param files that are in the context besides, by name
public record LocalDirectory(Path path, String identity, String dockerfile, Map<String, byte[]> files) {

    public LocalDirectory {
        files = Map.copyOf(files);
    }

    /// True if it is here.
    public boolean isHere() throws IOException {
        Optional<FileStat> stat = path.isAbsolute() ? FileStat.of(path) : Optional.empty();
        return stat.filter(found -> found.isDirectory() && found.identity().equals(identity))
                .isPresent();
    }
}
