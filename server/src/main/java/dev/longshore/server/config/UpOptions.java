package dev.longshore.server.config;

import dev.longshore.cli.DataDirectory;
import java.util.OptionalInt;

/// What the user asked `up` for. Empty ports mean: the usual one, or the next free.
///
/// @param mayInstall whether missing native packages are installed
public record UpOptions(
        DataDirectory directory, String name, OptionalInt apiPort, OptionalInt registryPort, boolean mayInstall) {}
