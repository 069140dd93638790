package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// Takes pods on while there is room for what they request and the ports of the node that they want are free, and
/// counts what is taken. The scheduler sees to that as well; this catches what was bound past it. Thread-safe.
final class NodeAdmission {

    private static final List<String> COUNTED = List.of("cpu", "memory", "ephemeral-storage");

    private final Supplier<Map<String, Quantity>> allocatable;
    private final Map<String, Pod> taken = new LinkedHashMap<>();

    NodeAdmission(Supplier<Map<String, Quantity>> allocatable) {
        this.allocatable = allocatable;
    }

    /// Takes `pod` on, or says why not.
    synchronized Optional<Refusal> admit(Pod pod) {
        if (taken.containsKey(pod.getMetadata().getUid())) {
            return Optional.empty();
        }
        Map<String, Quantity> room = allocatable.get();
        OptionalLong most = Qos.bytes(room, "pods");
        if (most.isPresent() && taken.size() >= most.getAsLong()) {
            return Optional.of(refusal("pods", 1, taken.size(), most.getAsLong()));
        }
        for (String resource : COUNTED) {
            OptionalLong capacity = amount(room, resource);
            long requested = requested(pod, resource);
            if (requested == 0 || capacity.isEmpty()) {
                continue;
            }
            long used = taken.values().stream()
                    .mapToLong(other -> requested(other, resource))
                    .sum();
            if (used + requested > capacity.getAsLong()) {
                return Optional.of(refusal(resource, requested, used, capacity.getAsLong()));
            }
        }
        if (HostPort.areTaken(pod, taken.values())) {
            return Optional.of(new Refusal(
                    "NodePorts",
                    "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports"));
        }
        taken.put(pod.getMetadata().getUid(), pod);
        return Optional.empty();
    }

    /// Counts a pod that runs already, whether there is room or not.
    synchronized void adopt(Pod pod) {
        taken.put(pod.getMetadata().getUid(), pod);
    }

    /// Gives back what the pod had.
    synchronized void release(String uid) {
        taken.remove(uid);
    }

    private static Refusal refusal(String resource, long requested, long used, long capacity) {
        return new Refusal(
                "OutOf" + resource,
                "Node didn't have enough resource: %s, requested: %d, used: %d, capacity: %d"
                        .formatted(resource, requested, used, capacity));
    }

    private static OptionalLong amount(Map<String, Quantity> from, String resource) {
        return resource.equals("cpu") ? Qos.millis(from, resource) : Qos.bytes(from, resource);
    }

    /// The sum of the containers that run together, or the most that the init phase takes, whichever is more.
    private static long requested(Pod pod, String resource) {
        long together = 0;
        for (Container container : pod.getSpec().getContainers()) {
            together += request(container, resource);
        }
        long sidecars = 0;
        long most = 0;
        for (Container container : pod.getSpec().getInitContainers()) {
            long own = request(container, resource);
            if ("Always".equals(container.getRestartPolicy())) {
                sidecars += own;
                most = Math.max(most, sidecars);
            } else {
                most = Math.max(most, sidecars + own);
            }
        }
        long overhead = amount(pod.getSpec().getOverhead(), resource).orElse(0);
        return Math.max(together + sidecars, most) + overhead;
    }

    private static long request(Container container, String resource) {
        var requirements = new ArrayList<OptionalLong>();
        if (container.getResources() != null) {
            requirements.add(amount(container.getResources().getRequests(), resource));
            requirements.add(amount(container.getResources().getLimits(), resource));
        }
        return requirements.stream()
                .filter(OptionalLong::isPresent)
                .findFirst()
                .orElse(OptionalLong.of(0))
                .getAsLong();
    }

    /// Why there is no room.
    record Refusal(String reason, String message) {}
}
