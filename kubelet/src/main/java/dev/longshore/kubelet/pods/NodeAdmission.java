package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.node.Pressures;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Takes pods on while there is room for what they request and the ports of the node that they want are free, and
/// counts what is taken. The scheduler sees to that as well; this catches what was bound past it. Thread-safe.
final class NodeAdmission {

    private static final String MEMORY_TAINT = "node.kubernetes.io/memory-pressure";
    private static final List<String> COUNTED = List.of("cpu", "memory", "ephemeral-storage");

    private final Supplier<Map<String, Quantity>> allocatable;
    private final Consumer<Collection<Pod>> whenTaken;
    private final Pressures pressures;
    private final Map<String, Pod> taken = new LinkedHashMap<>();

    NodeAdmission(Supplier<Map<String, Quantity>> allocatable) {
        this(allocatable, pods -> {}, new Pressures());
    }

    /// `whenTaken` hears of all pods that are taken whenever it is others, and no call of it waits for this.
    NodeAdmission(
            Supplier<Map<String, Quantity>> allocatable, Consumer<Collection<Pod>> whenTaken, Pressures pressures) {
        this.pressures = pressures;
        this.allocatable = allocatable;
        this.whenTaken = whenTaken;
    }

    /// Tells that nothing is taken yet.
    void begin() {
        whenTaken.accept(taken());
    }

    /// Takes `pod` on, or says why not.
    Optional<Refusal> admit(Pod pod) {
        Optional<Refusal> refusal = pressed(pod).or(() -> take(pod));
        if (refusal.isPresent()) {
            return refusal;
        }
        whenTaken.accept(taken());
        return Optional.empty();
    }

    /// A node that is short of something takes on only what it cannot do without; where it is only memory, also what
    /// has asked for some, or tolerates it.
    private Optional<Refusal> pressed(Pod pod) {
        Set<String> present = pressures.present();
        boolean isTaken;
        synchronized (this) {
            isTaken = taken.containsKey(pod.getMetadata().getUid());
        }
        if (isTaken || present.isEmpty() || CriticalPods.isCritical(pod)) {
            return Optional.empty();
        }
        boolean isOnlyMemory = present.equals(Set.of("MemoryPressure"));
        if (isOnlyMemory && (!Qos.classOf(pod).equals("BestEffort") || tolerates(pod))) {
            return Optional.empty();
        }
        return Optional.of(new Refusal(
                "Evicted",
                "The node had condition: [%s]. "
                        .formatted(String.join(" ", present.stream().sorted().toList()))));
    }

    private static boolean tolerates(Pod pod) {
        return pod.getSpec().getTolerations().stream()
                .filter(one -> one.getEffect() == null
                        || one.getEffect().isEmpty()
                        || one.getEffect().equals("NoSchedule"))
                .anyMatch(one -> MEMORY_TAINT.equals(one.getKey())
                        || ((one.getKey() == null || one.getKey().isEmpty()) && "Exists".equals(one.getOperator())));
    }

    private synchronized List<Pod> taken() {
        return List.copyOf(taken.values());
    }

    private synchronized Optional<Refusal> take(Pod pod) {
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

    /// Whether what `pod`, which is here, asks for now fits beside the others; if so it is counted from now on.
    synchronized Optional<Refusal> resize(Pod pod) {
        String uid = pod.getMetadata().getUid();
        Map<String, Quantity> room = allocatable.get();
        for (String resource : COUNTED) {
            OptionalLong capacity = amount(room, resource);
            long requested = requested(pod, resource);
            long used = taken.entrySet().stream()
                    .filter(other -> !other.getKey().equals(uid))
                    .mapToLong(other -> requested(other.getValue(), resource))
                    .sum();
            if (requested > 0 && capacity.isPresent() && used + requested > capacity.getAsLong()) {
                return Optional.of(refusal(resource, requested, used, capacity.getAsLong()));
            }
        }
        taken.put(uid, pod);
        return Optional.empty();
    }

    /// Counts a pod that runs already, whether there is room or not.
    void adopt(Pod pod) {
        synchronized (this) {
            taken.put(pod.getMetadata().getUid(), pod);
        }
        whenTaken.accept(taken());
    }

    /// Gives back what the pod had.
    void release(String uid) {
        synchronized (this) {
            taken.remove(uid);
        }
        whenTaken.accept(taken());
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

    private static long requested(Pod pod, String resource) {
        BigDecimal amount = PodResources.request(pod, resource);
        return (resource.equals("cpu") ? amount.movePointRight(3) : amount)
                .setScale(0, RoundingMode.CEILING)
                .longValue();
    }

    /// Why there is no room.
    record Refusal(String reason, String message) {}
}
