package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.Map;
import java.util.TreeMap;

/// How many bytes of huge pages a container and a pod may have, by the size of the pages. Who asks for none gets
/// none, where the kernel counts them.
final class HugePageLimits {

    private static final String PREFIX = "hugepages-";
    /// What every machine of today knows; others count only where they are asked for.
    private static final Map<Long, Long> NONE = Map.of(2L << 20, 0L);

    private HugePageLimits() {}

    static Map<Long, Long> of(Pod pod, Container container) {
        var limits = new TreeMap<>(NONE);
        add(limits, PodResources.podLevel(pod, ResourceRequirements::getLimits));
        add(limits, PodResources.limits(container));
        return limits;
    }

    static Map<Long, Long> ofPod(Pod pod) {
        var limits = new TreeMap<>(NONE);
        for (String name : PodResources.hugePages(pod)) {
            limits.put(size(name), PodResources.request(pod, name).longValue());
        }
        return limits;
    }

    private static void add(Map<Long, Long> limits, Map<String, Quantity> amounts) {
        amounts.forEach((name, amount) -> {
            if (name.startsWith(PREFIX)) {
                limits.put(size(name), amount.getNumericalAmount().longValue());
            }
        });
    }

    private static long size(String name) {
        return new Quantity(name.substring(PREFIX.length()))
                .getNumericalAmount()
                .longValue();
    }
}
