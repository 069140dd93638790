package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.topology.Hint;
import dev.longshore.kubelet.topology.MachineTopology;
import dev.longshore.kubelet.topology.NumaNodes;
import dev.longshore.kubelet.topology.ProcessorChoice;
import dev.longshore.kubelet.topology.ProcessorOptions;
import dev.longshore.linux.ProcessorSet;
import dev.longshore.runtime.ContainerResources;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// The static CPU policy: a container of a Guaranteed pod that requests whole processors has them for itself, and all
/// others run on those that are left (pkg/kubelet/cm/cpumanager/policy_static.go of Kubernetes). What is given is
/// written down at once, so that a kubelet that comes back knows. Thread-safe.
final class ExclusiveProcessors implements Placement {

    private final ProcessorChoice choice;
    private final ProcessorOptions options;
    private final ProcessorSet all;
    private final ProcessorSet reserved;
    private final ProcessorState file;
    private final Runnable changed;
    private final Map<String, Map<String, ProcessorSet>> given = new LinkedHashMap<>();

    /// @param reserved never given to one container alone
    /// @param changed called when those that are left are others
    ExclusiveProcessors(
            MachineTopology machine,
            ProcessorOptions options,
            ProcessorSet reserved,
            ProcessorState file,
            Runnable changed) {
        this.choice = new ProcessorChoice(machine, options);
        this.options = options;
        this.all = options.strictReservation() ? machine.all().without(reserved) : machine.all();
        this.reserved = reserved;
        this.file = file;
        this.changed = changed;
        file.read(all).ifPresent(given::putAll);
        file.write(shared(), given);
    }

    @Override
    public Optional<NodeAdmission.Refusal> give(Pod pod, Container container, Hint affinity) {
        int wanted = wanted(pod, container);
        if (wanted == 0) {
            return Optional.empty();
        }
        synchronized (this) {
            Optional<NodeAdmission.Refusal> misfit = misfit(wanted);
            if (misfit.isPresent()) {
                return misfit;
            }
            String uid = pod.getMetadata().getUid();
            if (given.getOrDefault(uid, Map.of()).containsKey(container.getName())) {
                return Optional.empty();
            }
            ProcessorSet free = free().and(reusable(pod, container));
            Optional<ProcessorSet> taken = choice.take(free, wanted, affinity.nodes());
            if (taken.isEmpty()) {
                return Optional.of(
                        Placement.unexpected("not enough cpus available to satisfy request: requested=%d, available=%d"
                                .formatted(wanted, free.size())));
            }
            given.computeIfAbsent(uid, first -> new LinkedHashMap<>()).put(container.getName(), taken.get());
            file.write(shared(), given);
        }
        changed.run();
        return Optional.empty();
    }

    /// Where cores must not be shared, whether whole ones come out and are there.
    private Optional<NodeAdmission.Refusal> misfit(int wanted) {
        int perCore = choice.machine().perCore();
        if (!options.wholeCores()) {
            return Optional.empty();
        }
        if (wanted % perCore != 0) {
            return Optional.of(new NodeAdmission.Refusal(
                    "SMTAlignmentError",
                    "SMT Alignment Error: requested %d cpus not multiple cpus per core = %d"
                            .formatted(wanted, perCore)));
        }
        int whole = shared().without(choice.machine().wholeCores(reserved)).size();
        return wanted <= whole
                ? Optional.empty()
                : Optional.of(new NodeAdmission.Refusal(
                        "SMTAlignmentError",
                        ("SMT Alignment Error: not enough free physical CPUs: available physical CPUs = %d,"
                                        + " requested CPUs = %d, CPUs per core = %d")
                                .formatted(whole, wanted, perCore)));
    }

    /// What init containers before `container` had, and none after them has.
    private ProcessorSet reusable(Pod pod, Container container) {
        Map<String, ProcessorSet> own = given.getOrDefault(pod.getMetadata().getUid(), Map.of());
        ProcessorSet again = ProcessorSet.NONE;
        for (Container earlier : PodResources.containers(pod)) {
            if (earlier.getName().equals(container.getName())) {
                break;
            }
            ProcessorSet had = own.getOrDefault(earlier.getName(), ProcessorSet.NONE);
            boolean isInit =
                    pod.getSpec().getInitContainers().contains(earlier) && !"Always".equals(earlier.getRestartPolicy());
            again = isInit ? again.and(had) : again.without(had);
        }
        return again;
    }

    @Override
    public synchronized Map<String, List<Hint>> hints(Pod pod, Container container) {
        int wanted = wanted(pod, container);
        if (wanted == 0) {
            return Map.of();
        }
        ProcessorSet has =
                given.getOrDefault(pod.getMetadata().getUid(), Map.of()).get(container.getName());
        if (has != null) {
            return Map.of("cpu", has.size() == wanted ? hints(has, ProcessorSet.NONE, wanted) : List.of());
        }
        return Map.of("cpu", hints(free(), reusable(pod, container), wanted));
    }

    @Override
    public synchronized Map<String, List<Hint>> hints(Pod pod) {
        int wanted = wanted(pod);
        if (wanted == 0) {
            return Map.of();
        }
        ProcessorSet has = ProcessorSet.NONE;
        for (ProcessorSet one :
                given.getOrDefault(pod.getMetadata().getUid(), Map.of()).values()) {
            has = has.and(one);
        }
        return Map.of("cpu", has.size() == wanted ? hints(has, ProcessorSet.NONE, wanted) : hints(free(), has, wanted));
    }

    /// Every choice of nodes on which there are enough, with all of `reused` among them.
    private List<Hint> hints(ProcessorSet free, ProcessorSet reused, int wanted) {
        MachineTopology machine = choice.machine();
        List<NumaNodes> choices = NumaNodes.choices(machine.nodes().numbers());
        int least = choices.stream()
                .filter(nodes -> machine.on(nodes, machine.all()).size() >= wanted)
                .mapToInt(NumaNodes::count)
                .min()
                .orElse(machine.nodes().count());
        var hints = new ArrayList<Hint>();
        for (NumaNodes nodes : choices) {
            boolean hasReused = machine.on(nodes, reused).equals(reused);
            if (hasReused
                    && reused.size() + machine.on(nodes, free.without(reused)).size() >= wanted) {
                hints.add(Hint.of(nodes, nodes.count() == least || (options.bySocket() && isOfSockets(nodes, least))));
            }
        }
        return hints;
    }

    private boolean isOfSockets(NumaNodes nodes, int least) {
        int perSocket = choice.machine().nodes().count() / choice.machine().socketCount();
        return perSocket > 0 && choice.machine().sockets(nodes).size() == (least + perSocket - 1) / perSocket;
    }

    /// Gives back what these containers of a pod had for themselves, but for what others of it have.
    void forget(String uid, List<String> containers) {
        synchronized (this) {
            if (!given.getOrDefault(uid, new LinkedHashMap<>()).keySet().removeAll(containers)) {
                return;
            }
            file.write(shared(), given);
        }
        changed.run();
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
        ProcessorSet rest = all;
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

    /// Of all the pod's containers that run at a time.
    private static int wanted(Pod pod) {
        int sidecars = 0;
        int most = 0;
        for (Container container : pod.getSpec().getInitContainers()) {
            if ("Always".equals(container.getRestartPolicy())) {
                sidecars += wanted(pod, container);
            } else {
                most = Math.max(most, sidecars + wanted(pod, container));
            }
        }
        int all = pod.getSpec().getContainers().stream()
                .mapToInt(container -> wanted(pod, container))
                .sum();
        return Math.max(most, sidecars + all);
    }

    /// Whole processors; of pods that ask for resources as a whole none (`PodLevelResourceManagers` is off).
    private static int wanted(Pod pod, Container container) {
        Quantity request = PodResources.requests(container).get("cpu");
        if (request == null
                || pod.getSpec().getResources() != null
                || !Qos.classOf(pod).equals("Guaranteed")) {
            return 0;
        }
        BigDecimal amount = request.getNumericalAmount();
        return amount.stripTrailingZeros().scale() > 0 ? 0 : amount.intValue();
    }
}
