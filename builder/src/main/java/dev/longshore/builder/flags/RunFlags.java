package dev.longshore.builder.flags;

import dev.longshore.builder.dockerfile.Line;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/// The flags of RUN: `--mount`, `--network`, `--security`, `--device`.
///
/// @param mounts in order
public record RunFlags(List<Mount> mounts, Network network, Security security, List<Device> devices) {

    private static final Map<String, FlagReader.Kind> KNOWN = Map.of(
            "mount", FlagReader.Kind.TEXTS,
            "network", FlagReader.Kind.TEXT,
            "security", FlagReader.Kind.TEXT,
            "device", FlagReader.Kind.TEXTS);

    public RunFlags {
        mounts = List.copyOf(mounts);
        devices = List.copyOf(devices);
    }

    /// Which network a command sees.
    public enum Network {
        /// The build's.
        DEFAULT,
        /// None.
        NONE,
        /// The host's; needs an entitlement.
        HOST
    }

    /// How far a command is locked in.
    public enum Security {
        /// As every container is.
        SANDBOX,
        /// With all privileges; needs an entitlement.
        INSECURE
    }

    /// Finds what is wrong with the flags of `line` whatever the variables will be.
    ///
    /// @throws dev.longshore.builder.dockerfile.DockerfileException with the reason
    public static void check(Line line) {
        FlagReader flags = FlagReader.of(line, KNOWN);
        network(line, flags);
        security(line, flags);
        reading(line, () -> {
            flags.texts("mount").forEach(MountReader::check);
            return flags.texts("device").stream().map(Device::read).toList();
        });
    }

    /// The stages, images and named contexts that mounts of `line` are filled from.
    ///
    /// @throws dev.longshore.builder.dockerfile.DockerfileException when one is not plain text
    public static List<String> origins(Line line) {
        FlagReader flags = FlagReader.of(line, KNOWN);
        return reading(
                line,
                () -> flags.texts("mount").stream()
                        .peek(MountReader::check)
                        .flatMap(text -> MountReader.from(text).stream())
                        .toList());
    }

    /// The flags of `line`; mounts' options are expanded with `expand`.
    ///
    /// @throws dev.longshore.builder.dockerfile.DockerfileException when one is wrong
    public static RunFlags of(Line line, UnaryOperator<String> expand) {
        FlagReader flags = FlagReader.of(line, KNOWN);
        return reading(
                line,
                () -> new RunFlags(
                        flags.texts("mount").stream()
                                .map(text -> MountReader.read(text, expand))
                                .toList(),
                        network(line, flags),
                        security(line, flags),
                        flags.texts("device").stream().map(Device::read).toList()));
    }

    private static Network network(Line line, FlagReader flags) {
        String name = flags.text("network").orElse("default");
        for (Network network : Network.values()) {
            if (network.name().toLowerCase(Locale.ROOT).equals(name)) {
                return network;
            }
        }
        throw line.wrong("invalid network mode " + GoValues.quoted(name));
    }

    private static Security security(Line line, FlagReader flags) {
        String name = flags.text("security").orElse("sandbox");
        for (Security security : Security.values()) {
            if (security.name().toLowerCase(Locale.ROOT).equals(name)) {
                return security;
            }
        }
        throw line.wrong("security " + GoValues.quoted(name) + " is not valid");
    }

    private static <T> T reading(Line line, java.util.function.Supplier<T> read) {
        try {
            return read.get();
        } catch (IllegalArgumentException wrong) {
            throw line.wrong(wrong.getMessage());
        }
    }
}
