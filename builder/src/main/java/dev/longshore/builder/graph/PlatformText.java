package dev.longshore.builder.graph;

import dev.longshore.images.Platform;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Platforms as people write them: `linux/arm64`, `arm64`, `linux/arm/v7`, `x86_64`.
public final class PlatformText {

    private static final Set<String> SYSTEMS = Set.of("linux", "windows", "darwin", "freebsd");
    private static final Map<String, String> ARCHITECTURES = Map.of(
            "x86_64", "amd64", "x86-64", "amd64", "i386", "386", "i686", "386", "aarch64", "arm64", "armhf", "arm",
            "armel", "arm");

    private PlatformText() {}

    /// Reads `text`. What is left out is linux, and the variant that everybody means.
    ///
    /// @throws dev.longshore.images.ImageFaultException when it is none
    public static Platform parse(String text) {
        String lower = text.strip().toLowerCase(java.util.Locale.ROOT);
        Platform given = Platform.parse(lower.indexOf('/') < 0 ? whole(lower) : lower);
        String architecture = ARCHITECTURES.getOrDefault(given.architecture(), given.architecture());
        Optional<String> variant = given.variant()
                .filter(v -> !v.isEmpty())
                .filter(v -> !(architecture.equals("arm64") && v.matches("v?8")))
                .filter(v -> !(architecture.equals("amd64") && v.equals("v1")))
                .map(v -> v.matches("[0-9]+") ? "v" + v : v);
        if (architecture.equals("arm") && variant.isEmpty()) {
            variant = Optional.of(given.architecture().equals("armel") ? "v6" : "v7");
        }
        return new Platform(given.os(), architecture, variant);
    }

    private static String whole(String word) {
        return SYSTEMS.contains(word) ? word + "/amd64" : "linux/" + word;
    }
}
