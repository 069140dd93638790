package dev.longshore.builder.checks;

import dev.longshore.builder.graph.Platforms;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;

/// What a Dockerfile is checked for: a build as it is wanted.
///
/// @param arguments `--build-arg`s
/// @param target what is built; everything if absent
/// @param concerned which stages' instructions are looked at, by number; with a stage, all that it needs
public record Surroundings(
        Platforms platforms,
        Map<String, String> arguments,
        Optional<String> target,
        BaseFacts bases,
        IgnoredPaths ignored,
        IntPredicate concerned) {

    /// The argument that says which rules count.
    public static final String OPTIONS = "BUILDKIT_DOCKERFILE_CHECK";

    public Surroundings {
        arguments = Map.copyOf(arguments);
    }

    /// Of a build of everything, with no wishes and nothing known of its bases.
    public static Surroundings plain(Platforms platforms) {
        return new Surroundings(
                platforms, Map.of(), Optional.empty(), BaseFacts.NONE, IgnoredPaths.none(), stage -> true);
    }

    /// The arguments that are there without being declared.
    ///
    /// @param last the name of the last stage, if it has one
    Map<String, String> automatic(Optional<String> last) {
        var automatic = new LinkedHashMap<>(platforms.arguments());
        Optional<String> stage = target.filter(text -> !text.isEmpty());
        automatic.put("TARGETSTAGE", stage.or(() -> last).orElse("default"));
        arguments.forEach(automatic::replace);
        return automatic;
    }
}
