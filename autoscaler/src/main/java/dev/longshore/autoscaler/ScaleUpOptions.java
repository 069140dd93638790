package dev.longshore.autoscaler;

import java.time.Duration;
import java.util.List;

/// What scaling up goes by; names and defaults are those of cluster-autoscaler's flags.
///
/// @param expanders `--expander`: asked one after the other until one option is left
/// @param maxNodesTotal `--max-nodes-total`; zero for no limit
/// @param cores `--cores-total`, of the whole cluster
/// @param memoryGib `--memory-total`, in GiB, of the whole cluster
/// @param maxNodesPerScaleUp `--max-nodes-per-scaleup`
/// @param isFromZero `--scale-up-from-zero`: also when no node is ready
/// @param doesBalance `--balance-similar-node-groups`
/// @param similarity what makes groups similar
/// @param newPodDelay `--new-pod-scale-up-delay`
/// @param expendableBelow `--expendable-pods-priority-cutoff`: pods of lower priority count for nothing
/// @param forcesDaemons `--force-ds`: daemons take room on a template even where it does not suffice
/// @param enforcesMinSize `--enforce-node-group-min-size`
/// @param startupTaints `--startup-taint`, `--ignore-taint`: keys of taints that new nodes lose
/// @param statusTaints `--status-taint`
public record ScaleUpOptions(
        List<String> expanders,
        int maxNodesTotal,
        Range cores,
        Range memoryGib,
        int maxNodesPerScaleUp,
        boolean isFromZero,
        boolean doesBalance,
        Similarity similarity,
        Duration newPodDelay,
        int expendableBelow,
        boolean forcesDaemons,
        boolean enforcesMinSize,
        List<String> startupTaints,
        List<String> statusTaints) {

    /// How much similar groups may differ.
    ///
    /// @param memoryRatio `--memory-difference-ratio`, of capacity
    /// @param freeRatio `--max-free-difference-ratio`
    /// @param allocatableRatio `--max-allocatable-difference-ratio`
    /// @param ignoredLabels `--balancing-ignore-label`, beside those that differ between any two nodes
    /// @param labels `--balancing-label`: if there are any, nothing but these is compared
    public record Similarity(
            double memoryRatio,
            double freeRatio,
            double allocatableRatio,
            List<String> ignoredLabels,
            List<String> labels) {

        /// As without flags.
        public static final Similarity DEFAULT = new Similarity(0.015, 0.05, 0.05, List.of(), List.of());

        /// @throws IllegalArgumentException when both kinds of labels are given
        public Similarity {
            ignoredLabels = List.copyOf(ignoredLabels);
            labels = List.copyOf(labels);
            if (!labels.isEmpty() && !ignoredLabels.isEmpty()) {
                throw new IllegalArgumentException("balancing-label and balancing-ignore-label exclude each other");
            }
        }
    }

    /// As without flags.
    public static final ScaleUpOptions DEFAULT = new ScaleUpOptions(
            List.of("least-waste"),
            0,
            new Range(0, 320_000),
            new Range(0, 6_400_000),
            1000,
            true,
            false,
            Similarity.DEFAULT,
            Duration.ZERO,
            -10,
            false,
            false,
            List.of(),
            List.of());

    public ScaleUpOptions {
        expanders = List.copyOf(expanders);
        startupTaints = List.copyOf(startupTaints);
        statusTaints = List.copyOf(statusTaints);
    }
}
