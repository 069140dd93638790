package dev.longshore.server;

import dev.longshore.cli.CommandFailure;
import dev.longshore.server.config.EtcdOptions;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The flags of `up` about the store as etcd, under etcd's names where it has them.
final class EtcdFlags {

    @Option(
            names = "--etcd-listen",
            paramLabel = "HOST:PORT",
            description = "serves the store there to etcd's clients that show a certificate; keys are made in"
                    + " DIR/control/pki/etcd (docs/store.md)")
    private String listen;

    /// What they say.
    ///
    /// @throws CommandFailure when it makes no sense
    EtcdOptions options() {
        try {
            return new EtcdOptions(Optional.ofNullable(listen).map(EtcdOptions::address));
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure("--etcd-listen: " + wrong.getMessage(), wrong);
        }
    }
}
