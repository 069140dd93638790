package dev.longshore.builder;

import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.images.MergedTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/// The files of a context that tell how to build from it.
///
/// @param name of the Dockerfile
/// @param ignored its own `.dockerignore`, or the context's; empty if there is neither
record BuildFiles(String name, String dockerfile, String ignored) {

    private static final long LARGEST = 4 << 20;

    /// @throws DockerfileException when there is no Dockerfile called `name`
    static BuildFiles read(MergedTree files, String name) throws IOException {
        String dockerfile = text(files, name)
                .orElseThrow(
                        () -> new DockerfileException(name, 0, "Cannot locate specified Dockerfile: " + name, 1, null));
        Optional<String> own = text(files, name + ".dockerignore");
        String ignored =
                own.isPresent() ? own.get() : text(files, ".dockerignore").orElse("");
        return new BuildFiles(name, dockerfile, ignored);
    }

    private static Optional<String> text(MergedTree files, String path) throws IOException {
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
