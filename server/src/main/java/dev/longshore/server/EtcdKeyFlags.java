package dev.longshore.server;

import dev.longshore.cli.CommandFailure;
import dev.longshore.server.config.StoreOptions;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// How an etcd cluster is spoken to, under kube-apiserver's names.
final class EtcdKeyFlags {

    @Option(
            names = "--etcd-cafile",
            paramLabel = "FILE",
            description = "the authority of etcd's certificates; without, etcd is spoken to in plain text")
    private Path authority;

    @Option(names = "--etcd-certfile", paramLabel = "FILE", description = "the certificate that etcd is shown")
    private Path certificate;

    @Option(names = "--etcd-keyfile", paramLabel = "FILE", description = "its key")
    private Path key;

    StoreOptions.KeyFiles files() {
        return new StoreOptions.KeyFiles(
                Optional.ofNullable(authority), Optional.ofNullable(certificate), Optional.ofNullable(key));
    }

    /// @throws CommandFailure when they are there without what they belong to
    void requireNone(String other) {
        if (authority != null || certificate != null || key != null) {
            throw new CommandFailure("--etcd-cafile, --etcd-certfile and --etcd-keyfile go with " + other);
        }
    }
}
