package dev.longshore.server.config;

import java.nio.file.Path;
import java.util.Optional;

/// Whether what is stored is encrypted.
///
/// @param file an `EncryptionConfiguration`; without, nothing is
/// @param reloads whether the file is read again when it changes
public record AtRestOptions(Optional<Path> file, boolean reloads) {

    /// As without flags.
    public static final AtRestOptions NONE = new AtRestOptions(Optional.empty(), false);

    /// @throws IllegalArgumentException when what is not there shall be read again
    public AtRestOptions {
        if (reloads && file.isEmpty()) {
            throw new IllegalArgumentException(
                    "--encryption-provider-config-automatic-reload goes only with" + " --encryption-provider-config");
        }
    }
}
