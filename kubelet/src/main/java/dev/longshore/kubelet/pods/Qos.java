package dev.longshore.kubelet.pods;

import dev.longshore.runtime.ContainerResources;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Turns requests and limits into a quality-of-service class and cgroup settings.
final class Qos {

    private static final long LEAST_QUOTA_MICROS = 1000;
    private static final long LEAST_SHARES = 2;
    private static final long MOST_SHARES = 262_144;
    private static final long SHARES_OF_ONE_CPU = 1024;
    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);

    private Qos() {}

    /// `Guaranteed`, `Burstable` or `BestEffort`.
    static String classOf(Pod pod) {
        var all = new ArrayList<ResourceRequirements>();
        if (pod.getSpec().getResources() != null) {
            all.add(pod.getSpec().getResources());
        } else {
            containers(pod).forEach(container -> all.add(requirements(container)));
        }
        if (all.stream().allMatch(r -> isNothing(r.getRequests()) && isNothing(r.getLimits()))) {
            return "BestEffort";
        }
        return all.stream().allMatch(Qos::isFixed) ? "Guaranteed" : "Burstable";
    }

    /// Under the cluster's own cgroup.
    static String cgroupParent(Pod pod) {
        String leaf = "pod" + pod.getMetadata().getUid();
        return switch (classOf(pod)) {
            case "Guaranteed" -> "kubepods/" + leaf;
            case "Burstable" -> "kubepods/burstable/" + leaf;
            default -> "kubepods/besteffort/" + leaf;
        };
    }

    /// What one container gets. Where it has no limit and the pod has, the pod's is its own.
    static ContainerResources of(Pod pod, Container container, long memoryCapacity, ResourceSettings settings) {
        ResourceRequirements requirements = requirements(container);
        Map<String, Quantity> podLimits = PodResources.podLevel(pod, ResourceRequirements::getLimits);
        OptionalLong cpu = positive(millis(requirements.getLimits(), "cpu"), millis(podLimits, "cpu"));
        OptionalLong memory = positive(bytes(requirements.getLimits(), "memory"), bytes(podLimits, "memory"));
        boolean isHeld = settings.enforcesQuota() && cpu.isPresent();
        return new ContainerResources(
                OptionalLong.of(shares(cpuRequestMillis(requirements))),
                isHeld ? quota(cpu, settings) : OptionalLong.empty(),
                isHeld ? OptionalLong.of(settings.periodMicros()) : OptionalLong.empty(),
                memory,
                OptionalLong.empty(),
                OptionalLong.of(OomScores.of(pod, container, memoryCapacity)),
                HugePageLimits.of(pod, container),
                "",
                settings.diesTogether());
    }

    private static OptionalLong positive(OptionalLong own, OptionalLong otherwise) {
        return own.orElse(0) > 0 ? own : otherwise.orElse(0) > 0 ? otherwise : OptionalLong.empty();
    }

    /// What the pod as a whole gets: limits only where the pod, or each of its containers, has one.
    static ContainerResources ofPod(Pod pod, ResourceSettings settings) {
        OptionalLong pids = settings.podPids() > 0 ? OptionalLong.of(settings.podPids()) : OptionalLong.empty();
        if (classOf(pod).equals("BestEffort")) {
            return new ContainerResources(
                    OptionalLong.of(LEAST_SHARES),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    pids,
                    OptionalLong.empty(),
                    HugePageLimits.ofPod(pod),
                    "",
                    false);
        }
        OptionalLong cpu = PodResources.isLimited(pod, "cpu")
                ? OptionalLong.of(ceiling(PodResources.limit(pod, "cpu").multiply(THOUSAND)))
                : OptionalLong.empty();
        boolean isHeld = settings.enforcesQuota() && cpu.isPresent();
        return new ContainerResources(
                OptionalLong.of(shares(
                        OptionalLong.of(ceiling(PodResources.request(pod, "cpu").multiply(THOUSAND))))),
                isHeld ? quota(cpu, settings) : OptionalLong.empty(),
                isHeld ? OptionalLong.of(settings.periodMicros()) : OptionalLong.empty(),
                PodResources.isLimited(pod, "memory")
                        ? OptionalLong.of(ceiling(PodResources.limit(pod, "memory")))
                        : OptionalLong.empty(),
                pids,
                OptionalLong.empty(),
                HugePageLimits.ofPod(pod),
                "",
                false);
    }

    private static long ceiling(BigDecimal amount) {
        return amount.setScale(0, RoundingMode.CEILING).longValue();
    }

    /// Thousandths of `resource` in `from`.
    static OptionalLong millis(Map<String, Quantity> from, String resource) {
        Quantity quantity = from == null ? null : from.get(resource);
        return quantity == null
                ? OptionalLong.empty()
                : OptionalLong.of(quantity.getNumericalAmount()
                        .multiply(THOUSAND)
                        .setScale(0, RoundingMode.CEILING)
                        .longValue());
    }

    /// Units of `resource` in `from`.
    static OptionalLong bytes(Map<String, Quantity> from, String resource) {
        Quantity quantity = from == null ? null : from.get(resource);
        return quantity == null
                ? OptionalLong.empty()
                : OptionalLong.of(quantity.getNumericalAmount()
                        .setScale(0, RoundingMode.CEILING)
                        .longValue());
    }

    private static List<Container> containers(Pod pod) {
        var all = new ArrayList<>(pod.getSpec().getInitContainers());
        all.addAll(pod.getSpec().getContainers());
        return all;
    }

    private static ResourceRequirements requirements(Container container) {
        return container.getResources() == null ? new ResourceRequirements() : container.getResources();
    }

    private static boolean isNothing(Map<String, Quantity> amounts) {
        return amounts == null
                || amounts.entrySet().stream()
                        .filter(entry ->
                                entry.getKey().equals("cpu") || entry.getKey().equals("memory"))
                        .allMatch(entry -> entry.getValue().getNumericalAmount().signum() == 0);
    }

    private static boolean isFixed(ResourceRequirements requirements) {
        for (String resource : List.of("cpu", "memory")) {
            OptionalLong limit = millis(requirements.getLimits(), resource);
            OptionalLong request = millis(requirements.getRequests(), resource);
            if (limit.isEmpty() || limit.getAsLong() == 0) {
                return false;
            }
            if (request.isPresent() && request.getAsLong() != limit.getAsLong()) {
                return false;
            }
        }
        return true;
    }

    private static OptionalLong cpuRequestMillis(ResourceRequirements requirements) {
        OptionalLong request = millis(requirements.getRequests(), "cpu");
        return request.isPresent() ? request : millis(requirements.getLimits(), "cpu");
    }

    /// Thousandths of a processor as v1 counts shares.
    static long shares(OptionalLong millis) {
        long shares = millis.orElse(0) * SHARES_OF_ONE_CPU / 1000;
        return Math.clamp(shares, LEAST_SHARES, MOST_SHARES);
    }

    private static OptionalLong quota(OptionalLong millis, ResourceSettings settings) {
        return millis.isEmpty() || millis.getAsLong() == 0
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(LEAST_QUOTA_MICROS, millis.getAsLong() * settings.periodMicros() / 1000));
    }
}
