package dev.longshore.builder;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What to build, besides the context.
///
/// @param dockerfile its path within the context
/// @param tags the result's names
/// @param arguments `--build-arg`s
/// @param labels put on the result
/// @param target the stage to stop after; the last if there is none
/// @param noCache do every step anew
/// @param pull look for base images anew
/// @param hostNetwork RUN steps use the host's network
/// @param quiet say nothing but the result
public record BuildRequest(
        String dockerfile,
        List<String> tags,
        Map<String, String> arguments,
        Map<String, String> labels,
        Optional<String> target,
        boolean noCache,
        boolean pull,
        boolean hostNetwork,
        boolean quiet) {

    public BuildRequest {
        tags = List.copyOf(tags);
        arguments = Map.copyOf(arguments);
        labels = Map.copyOf(labels);
    }

    /// Of `Dockerfile`, with these names and no other wishes.
    public static BuildRequest tagged(String... tags) {
        return new BuildRequest(
                "Dockerfile", List.of(tags), Map.of(), Map.of(), Optional.empty(), false, false, false, false);
    }
}
