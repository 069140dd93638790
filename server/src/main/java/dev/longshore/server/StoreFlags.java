package dev.longshore.server;

import dev.longshore.cli.CommandFailure;
import dev.longshore.server.config.StoreOptions;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The flags of `up` about where the cluster's state is kept.
final class StoreFlags {

    @Option(
            names = "--store",
            paramLabel = "etcd://HOST:PORT,…",
            description = "keeps the cluster's state in an etcd cluster instead of the data directory; all servers over"
                    + " one etcd are one control plane (docs/store.md)")
    private String address;

    @Mixin
    private EtcdKeyFlags keys = new EtcdKeyFlags();

    /// What they say.
    ///
    /// @throws CommandFailure when it makes no sense
    StoreOptions options() {
        if (address == null) {
            keys.requireNone("--store etcd://HOST:PORT");
            return StoreOptions.EMBEDDED;
        }
        try {
            return new StoreOptions(Optional.of(StoreOptions.etcd(address, keys.files())));
        } catch (IOException | IllegalArgumentException wrong) {
            throw new CommandFailure("--store: " + wrong.getMessage(), wrong);
        }
    }
}
