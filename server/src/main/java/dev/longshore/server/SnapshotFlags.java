package dev.longshore.server;

import dev.longshore.base.GoDurations;
import dev.longshore.cli.CommandFailure;
import dev.longshore.server.config.SnapshotPlan;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The flags of `up` about backups that are taken by themselves.
final class SnapshotFlags {

    @Option(
            names = "--snapshot-every",
            paramLabel = "DURATION",
            defaultValue = "0",
            description = "takes a backup into DIR/snapshots so often, as 6h; 0 for never, which is the default"
                    + " (docs/disaster-recovery.md)")
    private String every;

    @Option(
            names = "--snapshot-keep",
            paramLabel = "N",
            defaultValue = "8",
            description = "how many of them stay (default: 8)")
    private int keep;

    /// What they say.
    ///
    /// @throws CommandFailure when it makes no sense
    Optional<SnapshotPlan> plan() {
        try {
            Duration span = GoDurations.parse(every);
            return span.isZero() ? Optional.empty() : Optional.of(new SnapshotPlan(span, keep));
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure(message(wrong), wrong);
        }
    }

    private static String message(IllegalArgumentException wrong) {
        return wrong.getMessage().startsWith("--") ? wrong.getMessage() : "--snapshot-every: " + wrong.getMessage();
    }
}
