package dev.longshore.builder;

import dev.longshore.builder.dockerfile.Dockerfile;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Reference;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which program shall read a Dockerfile: `# syntax=` says an image, or the argument BUILDKIT_SYNTAX in its place. Only
/// Docker's own is known here, whichever its version.
final class Frontends {

    private static final String ARGUMENT = "BUILDKIT_SYNTAX";
    private static final Set<String> KNOWN =
            Set.of("docker.io/docker/dockerfile", "docker.io/docker/dockerfile-upstream");

    private Frontends() {}

    /// What whoever builds `file` should know; empty if it is read as it wishes.
    static Optional<String> warning(Dockerfile file, Map<String, String> arguments) {
        Optional<String> wanted = Optional.ofNullable(arguments.get(ARGUMENT))
                .filter(text -> !text.isEmpty())
                .or(() -> file.directive("syntax"));
        return wanted.map(text -> text.split("\\s", 2)[0])
                .filter(image -> !isKnown(image))
                .map(image -> "[Warning] the syntax " + image
                        + " is not run here: the Dockerfile is read as docker/dockerfile:1 has it\n");
    }

    private static boolean isKnown(String image) {
        try {
            return KNOWN.contains(Reference.parse(image).repository());
        } catch (ImageFaultException none) {
            return false;
        }
    }
}
