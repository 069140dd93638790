package dev.longshore.autoscaler;

import java.time.Duration;

/// Which pods keep their node, and how the others leave it; names and defaults are those of cluster-autoscaler's
/// flags.
///
/// @param sparesSystem `--skip-nodes-with-system-pods`
/// @param sparesLocalStorage `--skip-nodes-with-local-storage`
/// @param sparesCustomControllers `--skip-nodes-with-custom-controller-pods`
/// @param minReplicas `--min-replica-count`
/// @param systemPatience `--blocking-system-pod-distruption-timeout` (spelled so): for how long a pod of kube-system
///     without a budget keeps its node
/// @param maxGrace `--max-graceful-termination-sec`
/// @param evictionPatience `--max-pod-eviction-time`: for how long a refused eviction is tried again
/// @param evictsDaemonsOfEmpty `--daemonset-eviction-for-empty-nodes`
/// @param evictsDaemons `--daemonset-eviction-for-occupied-nodes`
public record DrainOptions(
        boolean sparesSystem,
        boolean sparesLocalStorage,
        boolean sparesCustomControllers,
        int minReplicas,
        Duration systemPatience,
        Duration maxGrace,
        Duration evictionPatience,
        boolean evictsDaemonsOfEmpty,
        boolean evictsDaemons) {

    /// As without flags.
    public static final DrainOptions DEFAULT = new DrainOptions(
            true, true, true, 0, Duration.ofHours(1), Duration.ofSeconds(600), Duration.ofMinutes(2), false, true);
}
