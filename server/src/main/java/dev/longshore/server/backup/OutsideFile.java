package dev.longshore.server.backup;

import java.nio.file.Path;

/// A file that a flag of `up` named, without which the cluster is not whole.
///
/// @param flag as `--encryption-provider-config`
/// @param path where it lies, absolute
public record OutsideFile(String flag, Path path) {}
