package dev.longshore.server;

import dev.longshore.cli.CommandFailure;
import dev.longshore.server.config.EtcdOptions;
import dev.longshore.store.Quota;
import dev.longshore.store.Retention;
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

    @Option(
            names = "--quota-backend-bytes",
            paramLabel = "BYTES",
            defaultValue = "0",
            description =
                    "how much the store may take on its disk before it takes no more and raises the alarm NOSPACE,"
                            + " as etcd's flag; 0 is the usual 8 GiB, less than 0 without limit")
    private long quota;

    @Option(
            names = "--auto-compaction-mode",
            paramLabel = "MODE",
            defaultValue = "periodic",
            description = "whether the next is an age (periodic) or a number of revisions (revision), as etcd's flag")
    private String mode;

    @Option(
            names = "--auto-compaction-retention",
            paramLabel = "AGE|REVISIONS",
            defaultValue = "0",
            description = "how much history the store keeps, as etcd's flag: 10m or a number of hours, or a number of"
                    + " revisions; 0 (the default) leaves that to --etcd-compaction-interval")
    private String retention;

    /// What they say.
    ///
    /// @throws CommandFailure when it makes no sense
    EtcdOptions options() {
        try {
            return new EtcdOptions(
                    Optional.ofNullable(listen).map(EtcdOptions::address), Quota.ofFlag(quota), retention());
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure("--etcd-listen: " + wrong.getMessage(), wrong);
        }
    }

    private Retention retention() {
        try {
            return EtcdOptions.retention(mode, retention);
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure("--auto-compaction-retention: " + wrong.getMessage(), wrong);
        }
    }
}
