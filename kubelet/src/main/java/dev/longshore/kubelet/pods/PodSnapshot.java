package dev.longshore.kubelet.pods;

import dev.longshore.runtime.SandboxStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What a worker knew after its last look, for readers on other threads.
///
/// @param sandboxId empty without a sandbox
/// @param containers by name
/// @param isOver whether nothing of it runs, nor ever will
public record PodSnapshot(
        Pod pod,
        Optional<PodStatus> status,
        Optional<String> sandboxId,
        Map<String, ContainerView> containers,
        boolean isOver) {

    public PodSnapshot {
        containers = Map.copyOf(containers);
    }

    static PodSnapshot of(PodState state, Optional<PodStatus> status) {
        var containers = new LinkedHashMap<String, ContainerView>();
        for (ContainerRecord record : state.records.values()) {
            containers.put(
                    record.name(), new ContainerView(record.id, Math.max(0, record.attempt), record.isRunning()));
        }
        return new PodSnapshot(state.pod, status, state.sandbox.map(SandboxStatus::id), containers, state.released);
    }

    /// One container.
    ///
    /// @param id of its latest attempt in the runtime; empty before the first
    public record ContainerView(String id, int attempt, boolean isRunning) {}
}
