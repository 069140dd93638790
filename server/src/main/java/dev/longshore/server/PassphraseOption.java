package dev.longshore.server;

import dev.longshore.cli.CommandFailure;
import dev.longshore.server.backup.Passphrase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// `--passphrase-file`.
final class PassphraseOption {

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = "a file whose first line is the passphrase the backup is encrypted with")
    private Path file;

    /// What is in it, if there is one.
    ///
    /// @throws CommandFailure when it cannot be read, or is empty
    Optional<Passphrase> passphrase() {
        if (file == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Passphrase.read(file));
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure("--passphrase-file: " + wrong.getMessage(), wrong);
        } catch (IOException unreadable) {
            throw new CommandFailure("--passphrase-file: cannot read " + unreadable.getMessage(), unreadable);
        }
    }
}
