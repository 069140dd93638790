package dev.longshore.builder;

import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.stage.ContextText;
import dev.longshore.images.MergedTree;
import java.io.IOException;
import java.util.Optional;

/// The files of a context that tell how to build from it.
///
/// @param name of the Dockerfile
/// @param ignored its own `.dockerignore`, or the context's; empty if there is neither
record BuildFiles(String name, String dockerfile, String ignored) {

    /// @throws DockerfileException when there is no Dockerfile called `name`
    static BuildFiles read(MergedTree files, String name) throws IOException {
        String dockerfile = ContextText.read(files, name)
                .orElseThrow(
                        () -> new DockerfileException(name, 0, "Cannot locate specified Dockerfile: " + name, 1, null));
        Optional<String> own = ContextText.read(files, name + ".dockerignore");
        String ignored = own.isPresent()
                ? own.get()
                : ContextText.read(files, ".dockerignore").orElse("");
        return new BuildFiles(name, dockerfile, ignored);
    }
}
