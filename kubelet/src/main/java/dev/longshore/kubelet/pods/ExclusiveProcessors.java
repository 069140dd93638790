package dev.longshore.kubelet.pods;

import dev.longshore.linux.ProcessorSet;
import dev.longshore.runtime.ContainerResources;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// The static CPU policy: a container of a Guaranteed pod that requests whole processors has them for itself, and all
/// others run on those that are left (pkg/kubelet/cm/cpumanager/policy_static.go of Kubernetes). What is given is
/// written down at once, so that a kubelet that comes back knows. Thread-safe.
final class ExclusiveProcessors {

    private final ProcessorSet online;
    private final ProcessorSet reserved;
    private final ProcessorState file;
    private final Runnable changed;
    private final Map<String, Map<String, ProcessorSet>> given = new LinkedHashMap<>();

    /// @param reserved never given to one container alone
    /// @param changed called when those that are left are others
    ExclusiveProcessors(ProcessorSet online, ProcessorSet reserved, ProcessorState file, Runnable changed) {
        this.online = online;
        this.reserved = reserved;
        this.file = file;
        this.changed = changed;
        file.read(online).ifPresent(given::putAll);
        file.write(shared(), given);
    }

    /// Gives the pod what it asks for, or says why not.
    Optional<NodeAdmission.Refusal> admit(Pod pod) {
        synchronized (this) {
            String uid = pod.getMetadata().getUid();
            if (given.containsKey(uid)) {
                return Optional.empty();
            }
            Optional<Map<String, ProcessorSet>> taken = take(pod);
            if (taken.isEmpty()) {
                long wanted = PodResources.containers(pod).stream()
                        .mapToLong(container -> wanted(pod, container))
                        .max()
                        .orElse(0);
                return Optional.of(new NodeAdmission.Refusal(
                        "UnexpectedAdmissionError",
                        "Allocate failed due to not enough cpus available to satisfy request: requested=%d,"
                                        .formatted(wanted)
                                + " available=%d, which is unexpected".formatted(free().size())));
            }
            if (taken.get().isEmpty()) {
                return Optional.empty();
            }
            given.put(uid, taken.get());
            file.write(shared(), given);
        }
        changed.run();
        return Optional.empty();
    }

    /// Init containers' processors are used again by those that come after them.
    private Optional<Map<String, ProcessorSet>> take(Pod pod) {
        var taken = new LinkedHashMap<String, ProcessorSet>();
        ProcessorSet free = free();
        ProcessorSet again = ProcessorSet.NONE;
        for (Container container : PodResources.containers(pod)) {
            long wanted = wanted(pod, container);
            if (wanted == 0) {
                continue;
            }
            ProcessorSet from = again.and(free);
            if (wanted > from.size()) {
                return Optional.empty();
            }
            ProcessorSet own = first(again, wanted);
            own = own.and(first(free, wanted - own.size()));
            taken.put(container.getName(), own);
            free = free.without(own);
            boolean isInit = pod.getSpec().getInitContainers().contains(container)
                    && !"Always".equals(container.getRestartPolicy());
            again = isInit ? again.and(own) : again.without(own);
        }
        return Optional.of(taken);
    }

    private static ProcessorSet first(ProcessorSet from, long count) {
        return ProcessorSet.of(from.numbers().stream().limit(Math.max(0, count)).toList());
    }

    /// Gives back what a pod had.
    void release(String uid) {
        synchronized (this) {
            if (given.remove(uid) == null) {
                return;
            }
            file.write(shared(), given);
        }
        changed.run();
    }

    /// Forgets pods that are not among `uids`.
    void retain(Set<String> uids) {
        for (String uid : Set.copyOf(known())) {
            if (!uids.contains(uid)) {
                release(uid);
            }
        }
    }

    private synchronized Set<String> known() {
        return Set.copyOf(given.keySet());
    }

    /// Where a container runs.
    synchronized ProcessorSet of(String uid, String container) {
        return given.getOrDefault(uid, Map.of()).getOrDefault(container, shared());
    }

    /// Whether it has its processors for itself.
    synchronized boolean isExclusive(String uid, String container) {
        return given.getOrDefault(uid, Map.of()).containsKey(container);
    }

    /// Whether a container of the pod has.
    synchronized boolean isAnyExclusive(String uid) {
        return given.containsKey(uid);
    }

    /// Who has processors for itself is not held back on them by a quota.
    static ContainerResources unheld(ContainerResources wanted) {
        return new ContainerResources(
                wanted.cpuShares(),
                OptionalLong.of(-1),
                wanted.cpuPeriodMicros(),
                wanted.memoryLimitBytes(),
                wanted.pidsLimit(),
                wanted.oomScoreAdjust(),
                wanted.hugePages(),
                wanted.processors(),
                wanted.diesTogether());
    }

    /// `wanted` where container `name` of the pod runs.
    ContainerResources place(String uid, String name, ContainerResources wanted) {
        ContainerResources placed = wanted.on(of(uid, name).toString());
        return isExclusive(uid, name) ? unheld(placed) : placed;
    }

    private ProcessorSet shared() {
        ProcessorSet rest = online;
        for (Map<String, ProcessorSet> pod : given.values()) {
            for (ProcessorSet own : pod.values()) {
                rest = rest.without(own);
            }
        }
        return rest;
    }

    private ProcessorSet free() {
        return shared().without(reserved);
    }

    private static long wanted(Pod pod, Container container) {
        Quantity request = PodResources.requests(container).get("cpu");
        if (request == null || !Qos.classOf(pod).equals("Guaranteed")) {
            return 0;
        }
        BigDecimal amount = request.getNumericalAmount();
        return amount.stripTrailingZeros().scale() > 0 ? 0 : amount.longValue();
    }
}
