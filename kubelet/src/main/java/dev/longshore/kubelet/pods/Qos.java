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

    private static final long PERIOD_MICROS = 100_000;
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

    /// What one container gets.
    static ContainerResources of(Pod pod, Container container, long memoryCapacity) {
        ResourceRequirements requirements = requirements(container);
        return new ContainerResources(
                OptionalLong.of(shares(cpuRequestMillis(requirements))),
                quota(millis(requirements.getLimits(), "cpu")),
                quota(millis(requirements.getLimits(), "cpu")).isPresent()
                        ? OptionalLong.of(PERIOD_MICROS)
                        : OptionalLong.empty(),
                bytes(requirements.getLimits(), "memory"),
                OptionalLong.empty(),
                OptionalLong.of(oomScore(pod, requirements, memoryCapacity)));
    }

    /// What the pod as a whole gets: limits only where every container has one.
    static ContainerResources ofPod(Pod pod) {
        List<ResourceRequirements> mains = pod.getSpec().getResources() != null
                ? List.of(pod.getSpec().getResources())
                : pod.getSpec().getContainers().stream().map(Qos::requirements).toList();
        long cpu = mains.stream().mapToLong(r -> cpuRequestMillis(r).orElse(0)).sum();
        // Init containers come and go within the same cgroup; with them the sum of the others could be too tight.
        boolean bounded = pod.getSpec().getInitContainers().isEmpty();
        OptionalLong quota = bounded
                ? quota(sum(
                        mains.stream().map(r -> millis(r.getLimits(), "cpu")).toList()))
                : OptionalLong.empty();
        OptionalLong memory = bounded
                ? sum(mains.stream().map(r -> bytes(r.getLimits(), "memory")).toList())
                : OptionalLong.empty();
        return new ContainerResources(
                OptionalLong.of(shares(OptionalLong.of(cpu))),
                quota,
                quota.isPresent() ? OptionalLong.of(PERIOD_MICROS) : OptionalLong.empty(),
                memory,
                OptionalLong.empty(),
                OptionalLong.empty());
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

    private static long shares(OptionalLong millis) {
        long shares = millis.orElse(0) * SHARES_OF_ONE_CPU / 1000;
        return Math.clamp(shares, LEAST_SHARES, MOST_SHARES);
    }

    private static OptionalLong quota(OptionalLong millis) {
        return millis.isEmpty() || millis.getAsLong() == 0
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(LEAST_QUOTA_MICROS, millis.getAsLong() * PERIOD_MICROS / 1000));
    }

    private static OptionalLong sum(List<OptionalLong> amounts) {
        return amounts.isEmpty() || amounts.stream().anyMatch(OptionalLong::isEmpty)
                ? OptionalLong.empty()
                : OptionalLong.of(
                        amounts.stream().mapToLong(OptionalLong::getAsLong).sum());
    }

    /// The more memory a burstable container has asked for, the later the kernel kills it.
    private static long oomScore(Pod pod, ResourceRequirements requirements, long memoryCapacity) {
        return switch (classOf(pod)) {
            case "Guaranteed" -> -997;
            case "BestEffort" -> 1000;
            default -> {
                long asked = bytes(requirements.getRequests(), "memory").orElse(0);
                long score = memoryCapacity <= 0 ? 999 : 1000 - 1000 * asked / memoryCapacity;
                yield Math.clamp(score, 3, 999);
            }
        };
    }
}
