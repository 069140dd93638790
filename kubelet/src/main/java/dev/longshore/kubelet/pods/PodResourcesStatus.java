package dev.longshore.kubelet.pods;

import dev.longshore.model.Quantity;
import dev.longshore.runtime.ContainerResources;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Function;

/// What a status says of the resources of a pod as a whole (`status.allocatedResources`, `status.resources`), as the
/// kubelet of 1.36 does since pods can be resized as a whole. Always of the pod with what it is granted.
final class PodResourcesStatus {

    private static final long SHARES_OF_ONE_CPU = 1024;
    // What the kernel gives at least says nothing about what was asked for.
    private static final long LEAST_SHARES = 2;
    private static final long LEAST_LIMIT_MILLIS = 10;

    private PodResourcesStatus() {}

    /// All that the pod requests.
    static Map<String, io.fabric8.kubernetes.api.model.Quantity> allocated(Pod pod) {
        return sum(pod, ResourceRequirements::getRequests, PodResourcesStatus::request);
    }

    private static Map<String, io.fabric8.kubernetes.api.model.Quantity> limits(Pod pod) {
        return sum(pod, ResourceRequirements::getLimits, PodResources::limit);
    }

    private static BigDecimal request(Pod pod, String resource) {
        return PodResources.request(pod, resource);
    }

    /// While the pod runs what its cgroup was given, before and after that what it is granted.
    static ResourceRequirements actual(Pod pod, boolean isRunning, Optional<ContainerResources> given) {
        ResourceRequirements own =
                Optional.ofNullable(pod.getSpec().getResources()).orElseGet(ResourceRequirements::new);
        if (!isRunning || given.isEmpty()) {
            return new ResourceRequirementsBuilder(own)
                    .withRequests(allocated(pod))
                    .withLimits(limits(pod))
                    .build();
        }
        var requests = new LinkedHashMap<>(PodResources.podLevel(pod, ResourceRequirements::getRequests));
        var limits = new LinkedHashMap<>(PodResources.podLevel(pod, ResourceRequirements::getLimits));
        long requestMillis = millisOfShares(given.get().cpuShares());
        if (requestMillis > LEAST_SHARES || millis(requests.get("cpu")) > LEAST_SHARES) {
            requests.put("cpu", shown(Quantity.ofMilli(requestMillis)));
        }
        Optional.ofNullable(allocated(pod).get("memory")).ifPresent(memory -> requests.putIfAbsent("memory", memory));
        long limitMillis = millisOfQuota(given.get());
        if (limitMillis > 0 && (limitMillis > LEAST_LIMIT_MILLIS || millis(limits.get("cpu")) > LEAST_LIMIT_MILLIS)) {
            limits.put("cpu", shown(Quantity.ofMilli(limitMillis)));
        }
        given.get().memoryLimitBytes().ifPresent(bytes -> limits.put("memory", shown(Quantity.ofBytes(bytes))));
        return new ResourceRequirementsBuilder(own)
                .withRequests(requests)
                .withLimits(limits)
                .build();
    }

    private static long millisOfShares(OptionalLong shares) {
        return (shares.orElse(0) * 1000 + SHARES_OF_ONE_CPU - 1) / SHARES_OF_ONE_CPU;
    }

    private static long millisOfQuota(ContainerResources given) {
        long period = given.cpuPeriodMicros().orElse(0);
        return period > 0 ? given.cpuQuotaMicros().orElse(0) * 1000 / period : 0;
    }

    private static long millis(io.fabric8.kubernetes.api.model.Quantity quantity) {
        return quantity == null ? 0 : Quantity.parse(quantity.toString()).milli();
    }

    private interface Amount {
        BigDecimal of(Pod pod, String resource);
    }

    private static Map<String, io.fabric8.kubernetes.api.model.Quantity> sum(
            Pod pod,
            Function<ResourceRequirements, Map<String, io.fabric8.kubernetes.api.model.Quantity>> part,
            Amount amount) {
        // By name, a spelling of which the sum takes the form.
        var spellings = new LinkedHashMap<String, String>();
        var names = new TreeSet<String>();
        PodResources.podLevel(pod, part).forEach((name, quantity) -> spellings.put(name, quantity.toString()));
        for (Container container : PodResources.containers(pod)) {
            Map<String, io.fabric8.kubernetes.api.model.Quantity> own =
                    container.getResources() == null ? null : part.apply(container.getResources());
            if (own != null) {
                own.forEach((name, quantity) -> spellings.putIfAbsent(name, quantity.toString()));
            }
        }
        names.addAll(spellings.keySet());
        var sums = new LinkedHashMap<String, io.fabric8.kubernetes.api.model.Quantity>();
        names.forEach(name -> sums.put(name, shown(formed(amount.of(pod, name), spellings.get(name)))));
        return sums;
    }

    private static Quantity formed(BigDecimal amount, String like) {
        if (amount.stripTrailingZeros().scale() > 0) {
            return Quantity.ofMilli(
                    amount.movePointRight(3).setScale(0, RoundingMode.CEILING).longValue());
        }
        long units = amount.longValue();
        return like.endsWith("i") ? Quantity.ofBytes(units) : Quantity.of(units);
    }

    private static io.fabric8.kubernetes.api.model.Quantity shown(Quantity quantity) {
        return io.fabric8.kubernetes.api.model.Quantity.parse(quantity.toString());
    }
}
