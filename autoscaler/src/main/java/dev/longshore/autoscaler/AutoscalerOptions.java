package dev.longshore.autoscaler;

import java.time.Duration;

/// What the autoscaler goes by; names and defaults are those of cluster-autoscaler's flags.
///
/// @param scanInterval `--scan-interval`
/// @param group what a group may have otherwise
/// @param backoff of groups that failed to grow
/// @param maxUnreadyPercentage `--max-total-unready-percentage`: with more unready nodes, nothing is done
/// @param okUnready `--ok-total-unready-count`: so many may be unready whatever the percentage
/// @param namespace `--namespace`: of the status and of the expander's priorities
/// @param statusName `--status-config-map-name`
/// @param writesStatus `--write-status-configmap`
/// @param repeatsEvents `--record-duplicated-events`
public record AutoscalerOptions(
        Duration scanInterval,
        GroupSettings group,
        Backoff backoff,
        double maxUnreadyPercentage,
        int okUnready,
        String namespace,
        String statusName,
        boolean writesStatus,
        boolean repeatsEvents,
        ScaleUpOptions up,
        ScaleDownOptions down) {

    /// For how long a group is left alone that failed to grow.
    ///
    /// @param first `--initial-node-group-backoff-duration`; doubled with each failure
    /// @param most `--max-node-group-backoff-duration`
    /// @param forgottenAfter `--node-group-backoff-reset-timeout`
    public record Backoff(Duration first, Duration most, Duration forgottenAfter) {}

    /// As without flags.
    public static final AutoscalerOptions DEFAULT = new AutoscalerOptions(
            Duration.ofSeconds(10),
            GroupSettings.DEFAULT,
            new Backoff(Duration.ofMinutes(5), Duration.ofMinutes(30), Duration.ofHours(3)),
            45,
            3,
            "kube-system",
            "cluster-autoscaler-status",
            true,
            false,
            ScaleUpOptions.DEFAULT,
            ScaleDownOptions.DEFAULT);
}
