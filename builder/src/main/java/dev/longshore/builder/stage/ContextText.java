package dev.longshore.builder.stage;

import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.images.MergedTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/// Small text files of a context. Links lead nowhere outside it.
public final class ContextText {

    private static final long LARGEST = 4 << 20;

    private ContextText() {}

    /// What the file at `path` says; empty if there is none.
    ///
    /// @throws DockerfileException when it is too large
    public static Optional<String> read(MergedTree files, String path) throws IOException {
        Optional<Path> place = files.find(files.resolve(path));
        if (place.isEmpty() || !Files.isRegularFile(place.get(), LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        if (Files.size(place.get()) > LARGEST) {
            throw new DockerfileException(path, 0, "larger than " + LARGEST + " bytes");
        }
        return Optional.of(new String(Files.readAllBytes(place.get()), StandardCharsets.UTF_8));
    }
}
