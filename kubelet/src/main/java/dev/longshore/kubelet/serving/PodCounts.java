package dev.longshore.kubelet.serving;

import dev.longshore.kubelet.pods.PodSnapshot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// How many pods and containers a kubelet has, as its `/metrics` tell it.
final class PodCounts {

    private static final String SOURCE = "kubernetes.io/config.source";
    private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

    private PodCounts() {}

    static void write(MetricsPage page, List<PodSnapshot> pods) {
        page.family("kubelet_running_containers", "gauge", "[ALPHA] Number of containers currently running");
        long running = pods.stream()
                .flatMap(pod -> pod.containers().values().stream())
                .filter(PodSnapshot.ContainerView::isRunning)
                .count();
        page.sample("kubelet_running_containers", running, "container_state", "running");
        page.family("kubelet_running_pods", "gauge", "[ALPHA] Number of pods that have a running pod sandbox");
        page.sample("kubelet_running_pods", count(pods, pod -> pod.sandboxId().isPresent()));
        bySource(
                page,
                "kubelet_desired_pods",
                "The number of pods the kubelet is being instructed to run. static is true if the pod is not from the"
                        + " apiserver.",
                pods);
        bySource(
                page,
                "kubelet_active_pods",
                "The number of pods the kubelet considers active and which are being considered when admitting new pods."
                        + " static is true if the pod is not from the apiserver.",
                pods.stream().filter(PodCounts::isActive).toList());
        page.family(
                "kubelet_mirror_pods",
                "gauge",
                "[ALPHA] The number of mirror pods the kubelet will try to create (one per admitted static pod)");
        page.sample("kubelet_mirror_pods", count(pods, PodCounts::isStatic));
        page.family(
                "kubelet_managed_ephemeral_containers",
                "gauge",
                "[ALPHA] Current number of ephemeral containers in pods managed by this kubelet.");
        page.sample(
                "kubelet_managed_ephemeral_containers",
                pods.stream()
                        .mapToLong(pod ->
                                pod.pod().getSpec().getEphemeralContainers().size())
                        .sum());
    }

    private static void bySource(MetricsPage page, String name, String help, List<PodSnapshot> pods) {
        page.family(name, "gauge", "[ALPHA] " + help);
        page.sample(name, count(pods, pod -> !isStatic(pod)), "static", "");
        page.sample(name, count(pods, PodCounts::isStatic), "static", "true");
    }

    private static long count(List<PodSnapshot> pods, Predicate<PodSnapshot> which) {
        return pods.stream().filter(which).count();
    }

    private static boolean isActive(PodSnapshot pod) {
        return pod.status().filter(status -> ENDED.contains(status.getPhase())).isEmpty();
    }

    private static boolean isStatic(PodSnapshot pod) {
        String source = Optional.ofNullable(pod.pod().getMetadata().getAnnotations())
                .map((Map<String, String> all) -> all.get(SOURCE))
                .orElse("api");
        return !source.equals("api");
    }
}
