package dev.longshore.autoscaler;

import java.time.Duration;

/// What scaling down goes by; names and defaults are those of cluster-autoscaler's flags.
///
/// @param isEnabled `--scale-down-enabled`
/// @param takesUnready `--scale-down-unready-enabled`
/// @param afterAdd `--scale-down-delay-after-add`: nothing is removed for so long after nodes were added
/// @param afterDelete `--scale-down-delay-after-delete`
/// @param afterFailure `--scale-down-delay-after-failure`
/// @param isDelayLocal `--scale-down-delay-type-local`: whether each group waits for itself only
/// @param recheck `--unremovable-node-recheck-timeout`
/// @param ignoresMirrors `--ignore-mirror-pods-utilization`
/// @param drain what may be evicted, and how
/// @param parallelism `--max-scale-down-parallelism`: how many nodes are removed at once
/// @param drainParallelism `--max-drain-parallelism`: how many of these are being drained
/// @param deleteDelay `--node-delete-delay-after-taint`
/// @param annotationPatience `--node-deletion-delay-timeout`: for annotations that ask for a delay
/// @param doesCordon `--cordon-node-before-terminating`
/// @param softTaints `--max-bulk-soft-taint-count`: how many nodes a look may taint as candidates; zero for none
public record ScaleDownOptions(
        boolean isEnabled,
        boolean takesUnready,
        Duration afterAdd,
        Duration afterDelete,
        Duration afterFailure,
        boolean isDelayLocal,
        Duration recheck,
        boolean ignoresMirrors,
        DrainOptions drain,
        int parallelism,
        int drainParallelism,
        Duration deleteDelay,
        Duration annotationPatience,
        boolean doesCordon,
        int softTaints) {

    /// As without flags.
    public static final ScaleDownOptions DEFAULT = new ScaleDownOptions(
            true,
            true,
            Duration.ofMinutes(10),
            Duration.ZERO,
            Duration.ofMinutes(3),
            false,
            Duration.ofMinutes(5),
            false,
            DrainOptions.DEFAULT,
            10,
            1,
            Duration.ofSeconds(5),
            Duration.ofMinutes(2),
            true,
            10);
}
