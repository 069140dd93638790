package dev.longshore.server;

import dev.longshore.apiserver.encryption.EncryptionConfiguration;
import dev.longshore.cli.CommandFailure;
import dev.longshore.server.config.AtRestOptions;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The flags of `up` about encryption at rest, under kube-apiserver's names.
final class AtRestFlags {

    /// The file with the keys.
    static final String NAME = "--encryption-provider-config";

    @Option(
            names = NAME,
            paramLabel = "FILE",
            description =
                    "an EncryptionConfiguration: what is stored encrypted, and the keys; `longshore encryption init"
                            + " FILE` writes one (docs/store.md)")
    private Path file;

    @Option(
            names = "--encryption-provider-config-automatic-reload",
            description = "reads that file again when it changes")
    private boolean reloads;

    /// What they say.
    ///
    /// @throws CommandFailure when it makes no sense, or the file says what cannot be
    AtRestOptions options() {
        try {
            var options = new AtRestOptions(Optional.ofNullable(file).map(Path::toAbsolutePath), reloads);
            options.file().ifPresent(named -> EncryptionConfiguration.read(named, new SecureRandom()));
            return options;
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure("--encryption-provider-config: " + wrong.getMessage(), wrong);
        }
    }
}
