package dev.longshore.builder.flags;

import dev.longshore.builder.dockerfile.Line;
import java.util.Map;
import java.util.Optional;

/// The flags of instructions that have few or none. Each method throws a
/// [dev.longshore.builder.dockerfile.DockerfileException] when a flag cannot be.
public final class OtherFlags {

    private static final Map<String, FlagReader.Kind> FROM = Map.of("platform", FlagReader.Kind.TEXT);
    private static final Map<String, FlagReader.Kind> HEALTHCHECK = Map.of(
            "interval", FlagReader.Kind.TEXT,
            "timeout", FlagReader.Kind.TEXT,
            "start-period", FlagReader.Kind.TEXT,
            "start-interval", FlagReader.Kind.TEXT,
            "retries", FlagReader.Kind.TEXT);

    private OtherFlags() {}

    /// Refuses any flag.
    public static void none(Line line) {
        FlagReader.of(line, Map.of());
    }

    /// FROM's `--platform`, not expanded.
    public static Optional<String> platform(Line line) {
        return FlagReader.of(line, FROM).text("platform");
    }

    /// Refuses flags that HEALTHCHECK has not.
    public static void healthcheck(Line line) {
        FlagReader.of(line, HEALTHCHECK);
    }
}
