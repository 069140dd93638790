package dev.longshore.builder;

import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.output.Output;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.images.Platform;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The platforms that a build is for.
///
/// @param wishes one for each, in their order
/// @param platforms the same, as far as they were named
/// @param isMultiple whether the result has the form of one for several platforms, however many they are
/// @param isInlining whether images hold what their steps came to, as a cache for others
record Target(List<Wishes> wishes, List<Optional<Platform>> platforms, boolean isMultiple, boolean isInlining) {

    private static final String ARGUMENT = "BUILDKIT_MULTI_PLATFORM";
    private static final String INLINE = "BUILDKIT_INLINE_CACHE";

    Target {
        wishes = List.copyOf(wishes);
        platforms = List.copyOf(platforms);
    }

    /// That of `request`, on a machine of platform `here`.
    ///
    /// @throws DockerfileException when the request contradicts itself
    static Target of(BuildRequest request, Platform here) {
        List<Platform> named = request.platforms().isEmpty()
                ? request.wishes().platform().stream().toList()
                : request.platforms().stream().distinct().toList();
        boolean isInlining = request.isInlining()
                || Set.of("1", "true").contains(request.wishes().arguments().getOrDefault(INLINE, ""));
        boolean isMultiple = isMultiple(request.wishes().arguments().getOrDefault(ARGUMENT, ""), named.size());
        if (isMultiple && request.outputs().all().stream().anyMatch(Target::isOneImage)) {
            throw new DockerfileException(
                    "--output", 0, "docker exporter does not currently support exporting manifest lists", 1, null);
        }
        if (named.isEmpty() && !isMultiple) {
            return new Target(List.of(request.wishes()), List.of(Optional.empty()), false, isInlining);
        }
        List<Platform> all = named.isEmpty() ? List.of(here) : named;
        return new Target(
                all.stream().map(request.wishes()::withPlatform).toList(),
                all.stream().map(Optional::of).toList(),
                isMultiple,
                isInlining);
    }

    private static boolean isOneImage(Output output) {
        return output instanceof Output.ToArchive archive && !archive.isWhole();
    }

    private static boolean isMultiple(String argument, int count) {
        switch (argument) {
            case "" -> {
                return count > 1;
            }
            case "1", "t", "T", "TRUE", "true", "True" -> {
                return true;
            }
            case "0", "f", "F", "FALSE", "false", "False" -> {
                if (count > 1) {
                    throw wrong("conflicting config: returning multiple target platforms is not allowed");
                }
                return false;
            }
            default -> throw wrong("invalid boolean value for multi-platform: " + argument);
        }
    }

    private static DockerfileException wrong(String why) {
        return new DockerfileException(ARGUMENT, 0, why, 1, null);
    }
}
