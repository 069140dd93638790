package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.configuration.EvictionThreshold;
import dev.longshore.kubelet.node.Observation;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/// Why a pod had to go, in the kubelet's words.
///
/// @param annotations the same for programs
record EvictionMessage(String text, Map<String, String> annotations) {

    private static final long KIBI = 1024;
    private static final String[] UNITS = {"", "Ki", "Mi", "Gi", "Ti", "Pi"};

    EvictionMessage {
        annotations = Map.copyOf(annotations);
    }

    static EvictionMessage of(EvictionThreshold threshold, Observation left, PodUse use) {
        String resource = PressureWatch.resource(threshold.signal());
        boolean isCounted = resource.equals("inodes") || resource.equals("pids");
        long least = threshold.value().of(left.capacity());
        var annotations = new LinkedHashMap<String, String>();
        var message = new StringBuilder("The node was low on resource: %s. ".formatted(resource))
                .append("Threshold quantity: %s, available: %s. "
                        .formatted(
                                isCounted ? least : written(threshold, least),
                                isCounted ? left.available() : binary(left.available())));
        Quantity ofPod = PodResources.podLevel(use.pod(), ResourceRequirements::getRequests)
                .get(resource);
        if (resource.equals("memory") && ofPod != null) {
            message.append("Pod %s was using %s, request is %s, has larger consumption of memory. "
                    .formatted(use.pod().getMetadata().getName(), binary(use.memory()), ofPod));
            annotations.put("offending_pod", use.pod().getMetadata().getName());
            annotations.put("offending_pod_usage", binary(use.memory()));
        }
        var offending = new ArrayList<String>();
        var usages = new ArrayList<String>();
        for (Container container : PodResources.containers(use.pod())) {
            PodUse.ContainerUse own = use.containers().get(container.getName());
            if (own == null || isCounted) {
                continue;
            }
            long used = resource.equals("memory") ? own.memory() : own.layer() + own.logs();
            long requested = PodResources.amount(PodResources.requests(container), resource)
                    .longValue();
            if (used > requested) {
                Quantity request = PodResources.requests(container).get(resource);
                message.append("Container %s was using %s, request is %s, has larger consumption of %s. "
                        .formatted(container.getName(), binary(used), request == null ? "0" : request, resource));
                offending.add(container.getName());
                usages.add(binary(used));
            }
        }
        annotations.put("offending_containers", String.join(",", offending));
        annotations.put("offending_containers_usage", String.join(",", usages));
        annotations.put("starved_resource", resource);
        return new EvictionMessage(message.toString(), annotations);
    }

    private static String written(EvictionThreshold threshold, long least) {
        return threshold.value() instanceof EvictionThreshold.Amount.Absolute absolute
                ? absolute.text()
                : binary(least);
    }

    /// In the largest unit in which it comes out even, as Kubernetes writes amounts of bytes.
    static String binary(long bytes) {
        long amount = bytes;
        int unit = 0;
        while (amount != 0 && amount % KIBI == 0 && unit < UNITS.length - 1) {
            amount /= KIBI;
            unit++;
        }
        return amount + UNITS[unit];
    }
}
