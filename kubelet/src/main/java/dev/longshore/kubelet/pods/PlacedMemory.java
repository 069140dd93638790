package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.pods.MemoryTable.Block;
import dev.longshore.kubelet.topology.Hint;
import dev.longshore.kubelet.topology.NodeMemory;
import dev.longshore.kubelet.topology.NumaNodes;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The static memory policy: containers of Guaranteed pods get memory and huge pages from as few NUMA nodes as have
/// enough, and may use no other (pkg/kubelet/cm/memorymanager/policy_static.go of Kubernetes 1.36). What is given is
/// written down at once. Thread-safe.
final class PlacedMemory implements Placement {

    private static final Comparator<Hint> BEST_FIRST = (one, other) -> {
        if (one.isPreferred() != other.isPreferred()) {
            return one.isPreferred() ? -1 : 1;
        }
        NumaNodes mine = one.nodes().orElseThrow();
        NumaNodes theirs = other.nodes().orElseThrow();
        return mine.equals(theirs) ? 0 : mine.isNarrowerThan(theirs) ? -1 : 1;
    };

    private final Map<Integer, NodeMemory> machine;
    private final Map<Integer, Map<String, Long>> reserved;
    private final MemoryState file;
    private final Map<String, Map<String, List<Block>>> given = new LinkedHashMap<>();

    /// @param reserved for the system, by node and kind of memory
    PlacedMemory(Map<Integer, NodeMemory> machine, Map<Integer, Map<String, Long>> reserved, MemoryState file) {
        this.machine = Map.copyOf(machine);
        this.reserved = Map.copyOf(reserved);
        this.file = file;
        given.putAll(file.read(new MemoryTable(machine, reserved)));
        file.write(table(), given);
    }

    @Override
    public synchronized Optional<NodeAdmission.Refusal> give(Pod pod, Container container, Hint affinity) {
        String uid = pod.getMetadata().getUid();
        Map<String, Long> wanted = wanted(pod, container);
        if (wanted.isEmpty() || given.getOrDefault(uid, Map.of()).containsKey(container.getName())) {
            return Optional.empty();
        }
        MemoryTable table = table();
        Hint best = affinity;
        if (best.nodes().isEmpty()) {
            Optional<Hint> usual = best(hints(table, pod, wanted), NumaNodes.NONE);
            if (usual.isEmpty()) {
                return refused(
                        "failed to get the default NUMA affinity, no NUMA nodes with enough memory is available");
            }
            if (!usual.get().isPreferred() && best.isPreferred()) {
                return refused("failed to find the default preferred hint");
            }
            best = usual.get();
        }
        NumaNodes nodes = best.nodes().orElseThrow();
        if (wanted.entrySet().stream().anyMatch(one -> table.free(nodes, one.getKey()) < one.getValue())) {
            Optional<Hint> wider = best(hints(table, pod, wanted), nodes);
            if (wider.isEmpty()) {
                return refused("failed to find NUMA nodes to extend the current topology hint");
            }
            if (!wider.get().isPreferred() && best.isPreferred()) {
                return refused("failed to find the extended preferred hint");
            }
            best = wider.get();
        }
        if (!table.isFreeForGroup(best.nodes().orElseThrow())) {
            return refused("preferred hint violates NUMA node allocation");
        }
        take(pod, container, wanted, best.nodes().orElseThrow());
        return Optional.empty();
    }

    private static Optional<NodeAdmission.Refusal> refused(String why) {
        return Optional.of(Placement.unexpected("[memorymanager] " + why));
    }

    /// What init containers before it had from the same nodes is used again, and theirs becomes less by that.
    private void take(Pod pod, Container container, Map<String, Long> wanted, NumaNodes nodes) {
        Map<String, List<Block>> own =
                given.computeIfAbsent(pod.getMetadata().getUid(), first -> new LinkedHashMap<>());
        var blocks = new ArrayList<Block>();
        wanted.forEach((type, size) -> {
            blocks.add(new Block(nodes, type, size));
            long again = size;
            for (String earlier : inits(pod, container)) {
                var left = new ArrayList<Block>();
                for (Block block : own.getOrDefault(earlier, List.of())) {
                    boolean isSame = block.type().equals(type) && block.nodes().equals(nodes);
                    long reused = isSame ? Math.min(again, block.size()) : 0;
                    again -= reused;
                    left.add(new Block(block.nodes(), block.type(), block.size() - reused));
                }
                own.computeIfPresent(earlier, (name, before) -> List.copyOf(left));
            }
        });
        own.put(container.getName(), List.copyOf(blocks));
        file.write(table(), given);
    }

    /// The init containers before it that have ended when it starts.
    private static List<String> inits(Pod pod, Container container) {
        return pod.getSpec().getInitContainers().stream()
                .takeWhile(one -> !one.getName().equals(container.getName()))
                .filter(one -> !"Always".equals(one.getRestartPolicy()))
                .map(Container::getName)
                .toList();
    }

    @Override
    public synchronized Map<String, List<Hint>> hints(Pod pod, Container container) {
        return hints(pod, wanted(pod, container), List.of(container));
    }

    @Override
    public synchronized Map<String, List<Hint>> hints(Pod pod) {
        return hints(pod, wanted(pod), PodResources.containers(pod));
    }

    private Map<String, List<Hint>> hints(Pod pod, Map<String, Long> wanted, List<Container> containers) {
        if (wanted.isEmpty()) {
            return Map.of();
        }
        Map<String, List<Block>> own = given.getOrDefault(pod.getMetadata().getUid(), Map.of());
        Optional<List<Block>> has = containers.stream()
                .filter(one -> own.containsKey(one.getName()))
                .map(one -> own.get(one.getName()))
                .findFirst();
        if (has.isEmpty()) {
            return hints(table(), pod, wanted);
        }
        // It came back with what it has: it stays there.
        var kept = new TreeMap<String, List<Hint>>();
        has.get().forEach(block -> kept.put(block.type(), List.of(Hint.of(block.nodes(), true))));
        return kept;
    }

    /// The same for each kind: nodes that have enough of all kinds.
    private Map<String, List<Hint>> hints(MemoryTable table, Pod pod, Map<String, Long> wanted) {
        List<NumaNodes> able = NumaNodes.choices(machine.keySet()).stream()
                .filter(nodes -> wanted.entrySet().stream()
                        .allMatch(one -> table.allocatable(nodes, one.getKey()) >= one.getValue()))
                .toList();
        int least = able.stream().mapToInt(NumaNodes::count).min().orElse(machine.size());
        List<Hint> hints = able.stream()
                .filter(table::keepsGroups)
                .filter(nodes -> wanted.entrySet().stream()
                        .allMatch(one ->
                                table.free(nodes, one.getKey()) + reusable(pod, nodes, one.getKey()) >= one.getValue()))
                .map(nodes -> Hint.of(nodes, nodes.count() == least))
                .toList();
        var all = new TreeMap<String, List<Hint>>();
        wanted.keySet().forEach(type -> all.put(type, hints));
        return all;
    }

    private long reusable(Pod pod, NumaNodes nodes, String type) {
        Map<String, List<Block>> own = given.getOrDefault(pod.getMetadata().getUid(), Map.of());
        return pod.getSpec().getInitContainers().stream()
                .filter(one -> !"Always".equals(one.getRestartPolicy()))
                .flatMap(one -> own.getOrDefault(one.getName(), List.of()).stream())
                .filter(block -> block.type().equals(type) && block.nodes().equals(nodes))
                .mapToLong(Block::size)
                .sum();
    }

    /// Hints are the same for all kinds of memory; of those that include `least`, the best.
    private static Optional<Hint> best(Map<String, List<Hint>> hints, NumaNodes least) {
        return hints.values().stream()
                .findFirst()
                .flatMap(all -> all.stream()
                        .filter(hint -> hint.nodes().orElseThrow().hasAll(least))
                        .min(BEST_FIRST));
    }

    /// The NUMA nodes whose memory a container may use, as `0-1`; empty for all.
    synchronized String of(String uid, String container) {
        long bits = given.getOrDefault(uid, Map.of()).getOrDefault(container, List.of()).stream()
                .mapToLong(block -> block.nodes().bits())
                .reduce(0, (one, other) -> one | other);
        return dev.longshore.linux.ProcessorSet.of(new NumaNodes(bits).numbers())
                .toString();
    }

    /// Gives back what these containers of a pod had.
    synchronized void forget(String uid, List<String> containers) {
        if (given.getOrDefault(uid, new LinkedHashMap<>()).keySet().removeAll(containers)) {
            file.write(table(), given);
        }
    }

    /// Gives back what a pod had.
    synchronized void release(String uid) {
        if (given.remove(uid) != null) {
            file.write(table(), given);
        }
    }

    /// Forgets pods that are not among `uids`.
    synchronized void retain(Set<String> uids) {
        if (given.keySet().retainAll(uids)) {
            file.write(table(), given);
        }
    }

    private MemoryTable table() {
        var table = new MemoryTable(machine, reserved);
        given.values().forEach(pod -> pod.values().forEach(blocks -> blocks.forEach(table::take)));
        return table;
    }

    private static Map<String, Long> wanted(Pod pod) {
        var sidecars = new TreeMap<String, Long>();
        var most = new TreeMap<String, Long>();
        for (Container container : pod.getSpec().getInitContainers()) {
            boolean isSidecar = "Always".equals(container.getRestartPolicy());
            wanted(pod, container).forEach((type, size) -> {
                if (isSidecar) {
                    sidecars.merge(type, size, Long::sum);
                } else {
                    most.merge(type, sidecars.getOrDefault(type, 0L) + size, Math::max);
                }
            });
        }
        var all = new TreeMap<String, Long>();
        pod.getSpec()
                .getContainers()
                .forEach(container -> wanted(pod, container).forEach((type, size) -> all.merge(type, size, Long::sum)));
        all.replaceAll((type, size) -> Math.max(size + sidecars.getOrDefault(type, 0L), most.getOrDefault(type, 0L)));
        return all;
    }

    /// Of pods that ask for resources as a whole nothing (`PodLevelResourceManagers` is off).
    private static Map<String, Long> wanted(Pod pod, Container container) {
        if (pod.getSpec().getResources() != null || !Qos.classOf(pod).equals("Guaranteed")) {
            return Map.of();
        }
        var wanted = new TreeMap<String, Long>();
        for (Map.Entry<String, Quantity> one : PodResources.requests(container).entrySet()) {
            if (one.getKey().equals("memory") || one.getKey().startsWith("hugepages-")) {
                wanted.put(one.getKey(), one.getValue().getNumericalAmount().longValue());
            }
        }
        return wanted;
    }
}
