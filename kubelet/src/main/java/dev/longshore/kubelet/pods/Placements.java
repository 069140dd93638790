package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.devices.ContainerDevices;
import dev.longshore.kubelet.topology.AlignmentPolicy;
import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerResources;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// All that containers get of the machine for themselves: processors, memory of certain NUMA nodes, devices.
/// Thread-safe.
final class Placements {

    private final ContainerDevices devices;
    private final Optional<ExclusiveProcessors> processors;
    private final Optional<PlacedMemory> memory;
    private final Alignment alignment;
    private final boolean alignsDevices;

    private Placements(
            ContainerDevices devices,
            Optional<ExclusiveProcessors> processors,
            Optional<PlacedMemory> memory,
            PlacementSettings settings) {
        this.devices = devices;
        this.processors = processors;
        this.memory = memory;
        this.alignsDevices = settings.policy() != AlignmentPolicy.NONE;
        var all = new ArrayList<Placement>();
        if (alignsDevices) {
            all.add(new PlacedDevices(devices));
        }
        processors.ifPresent(all::add);
        memory.ifPresent(all::add);
        this.alignment = new Alignment(
                new Alignment.Settings(settings.policy(), settings.scopeIsPod(), settings.prefersClosest()),
                settings.distances(),
                all);
    }

    /// Of a node where nobody gets anything for itself.
    static Placements none() {
        return new Placements(ContainerDevices.NONE, Optional.empty(), Optional.empty(), PlacementSettings.NONE);
    }

    /// As `settings` say; `changed` is called when those who have no processors for themselves must move.
    static Placements of(PodSettings settings, ContainerDevices devices, Runnable changed) {
        PlacementSettings wanted = settings.resources().placement();
        return new Placements(
                devices,
                wanted.processors()
                        .map(some -> new ExclusiveProcessors(
                                some.machine(),
                                some.options(),
                                some.reserved(),
                                new ProcessorState(settings.root().resolve("cpu_manager_state")),
                                changed)),
                wanted.memory()
                        .map(some -> new PlacedMemory(
                                some.nodes(),
                                some.reserved(),
                                new MemoryState(settings.root().resolve("memory_manager_state")))),
                wanted);
    }

    /// Gives the pod's containers what they ask for, or says why not; then some may have theirs, until [#release].
    Optional<NodeAdmission.Refusal> admit(Pod pod) throws InterruptedException {
        if (!alignsDevices) {
            Optional<String> why = devices.admit(pod);
            if (why.isPresent()) {
                return Optional.of(new NodeAdmission.Refusal("UnexpectedAdmissionError", why.get()));
            }
        }
        return alignment.admit(pod);
    }

    /// Container `name` begins, so the init containers before it have ended: what only they had is given back.
    void begins(Pod pod, String name) {
        List<String> ended = pod.getSpec().getInitContainers().stream()
                .takeWhile(one -> !one.getName().equals(name))
                .filter(one -> !"Always".equals(one.getRestartPolicy()))
                .map(Container::getName)
                .toList();
        if (!ended.isEmpty()) {
            String uid = pod.getMetadata().getUid();
            processors.ifPresent(some -> some.forget(uid, ended));
            memory.ifPresent(some -> some.forget(uid, ended));
        }
    }

    /// Gives back what the pod had.
    void release(String uid) {
        processors.ifPresent(some -> some.release(uid));
        memory.ifPresent(some -> some.release(uid));
        devices.release(uid);
    }

    /// Forgets processors and memory of pods that are not among `uids`.
    void retain(Set<String> uids) {
        processors.ifPresent(some -> some.retain(uids));
        memory.ifPresent(some -> some.retain(uids));
    }

    /// `wanted` where container `name` of the pod runs.
    ContainerResources place(String uid, String name, ContainerResources wanted) {
        return processors.map(given -> given.place(uid, name, wanted)).orElse(wanted);
    }

    /// What the pod as a whole gets: no quota where a container has processors for itself.
    ContainerResources place(String uid, ContainerResources wanted) {
        boolean isAlone = processors.map(given -> given.isAnyExclusive(uid)).orElse(false);
        return isAlone ? ExclusiveProcessors.unheld(wanted) : wanted;
    }

    /// `options` with the NUMA nodes whose memory the container may use.
    ContainerOptions place(String uid, String name, ContainerOptions options) {
        return memory.map(given -> given.of(uid, name))
                .filter(nodes -> !nodes.isEmpty())
                .map(options::withMemoryNodes)
                .orElse(options);
    }
}
