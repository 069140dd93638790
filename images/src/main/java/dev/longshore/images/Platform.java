package dev.longshore.images;

import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What an image runs on, in Go's words.
///
/// @param osVersion of the system that it was made for; few say, and nothing here asks
public record Platform(String os, String architecture, Optional<String> variant, Optional<String> osVersion) {

    /// Without a version of the system.
    public Platform(String os, String architecture, Optional<String> variant) {
        this(os, architecture, variant, Optional.empty());
    }

    private static final Map<String, String> GO_NAMES =
            Map.of("amd64", "amd64", "x86_64", "amd64", "aarch64", "arm64", "arm64", "arm64", "riscv64", "riscv64");

    private static final Map<String, String> FIRST_VARIANTS = Map.of("amd64", "v1", "arm64", "v8");

    /// Linux on the machine that Java calls `osArch` (`amd64`, `aarch64`).
    public static Platform linux(String osArch) {
        return new Platform("linux", GO_NAMES.getOrDefault(osArch, osArch), Optional.empty());
    }

    /// Reads `linux/arm64/v8`.
    public static Platform parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length < 2 || parts.length > 3) {
            throw new ImageFaultException(new ImageFault.Malformed("platform " + text, "want OS/ARCH[/VARIANT]"));
        }
        return new Platform(parts[0], parts[1], parts.length == 3 ? Optional.of(parts[2]) : Optional.empty());
    }

    static Platform of(JsonNode tree) {
        return new Platform(
                tree.path("os").asString(""),
                tree.path("architecture").asString(""),
                text(tree.path("variant")),
                text(tree.path("os.version")));
    }

    private static Optional<String> text(JsonNode node) {
        return Optional.of(node.asString("")).filter(text -> !text.isEmpty());
    }

    /// True if an image for `offered` runs here. A variant counts only if both name one.
    public boolean accepts(Platform offered) {
        return os.equals(offered.os)
                && architecture.equals(offered.architecture)
                && (variant.isEmpty() || offered.variant.isEmpty() || variant.equals(offered.variant));
    }

    /// True if what is accepted runs on every machine of this kind: it names the same variant, or the first one, or
    // none.
    boolean suits(Platform offered) {
        String first = FIRST_VARIANTS.getOrDefault(architecture, "");
        return offered.variant.isEmpty()
                || offered.variant.equals(variant)
                || variant.isEmpty() && offered.variant.get().equals(first);
    }

    @Override
    public String toString() {
        return os + "/" + architecture + variant.map(v -> "/" + v).orElse("");
    }
}
