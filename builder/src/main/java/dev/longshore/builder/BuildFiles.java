package dev.longshore.builder;

import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.stage.ContextText;
import dev.longshore.images.MergedTree;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/// The files of a context that tell how to build from it.
///
/// @param name of the Dockerfile
/// @param ignored its own `.dockerignore`, or the context's; empty if there is neither
record BuildFiles(String name, String dockerfile, String ignored) {

    private static final String USUAL = "Dockerfile";

    /// As Docker has it, a `Dockerfile` may also be called `dockerfile`.
    ///
    /// @throws DockerfileException when there is no Dockerfile called `name`
    static BuildFiles read(MergedTree files, String name) throws IOException {
        Optional<String> found = ContextText.read(files, name);
        if (found.isEmpty() && (name.equals(USUAL) || name.endsWith("/" + USUAL))) {
            int start = name.length() - USUAL.length();
            found = ContextText.read(files, name.substring(0, start) + USUAL.toLowerCase(Locale.ROOT));
        }
        String dockerfile = found.orElseThrow(
                () -> new DockerfileException(name, 0, "Cannot locate specified Dockerfile: " + name, 1, null));
        Optional<String> own = ContextText.read(files, name + ".dockerignore");
        String ignored = own.isPresent()
                ? own.get()
                : ContextText.read(files, ".dockerignore").orElse("");
        return new BuildFiles(name, dockerfile, ignored);
    }
}
