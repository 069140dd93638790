package dev.longshore.server.config;

import dev.longshore.cli.DataDirectory;
import java.util.OptionalInt;

/// What the user asked `up` for. Empty ports mean: the usual one, or the next free.
///
/// @param runtimeConfig which versions of the API are on, as [dev.longshore.apiserver.RuntimeConfig] reads it
/// @param mayInstall whether missing native packages are installed
public record UpOptions(
        DataDirectory directory,
        String name,
        OptionalInt apiPort,
        OptionalInt registryPort,
        String runtimeConfig,
        boolean mayInstall) {}
