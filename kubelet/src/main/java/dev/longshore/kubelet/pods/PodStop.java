package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.probes.ContainerProbes;
import dev.longshore.kubelet.volumes.Trees;
import dev.longshore.runtime.SandboxStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Ends a pod's containers and clears away what they leave.
final class PodStop {

    private static final Duration USUAL_GRACE = Duration.ofSeconds(30);

    private final PodServices node;
    private final PodState state;
    private final Hooks hooks;
    private final Runnable wake;

    PodStop(PodServices node, PodState state, Hooks hooks, Runnable wake) {
        this.node = node;
        this.state = state;
        this.hooks = hooks;
        this.wake = wake;
    }

    /// Sees to it that every container ends within `grace`: all others first, side by side, then sidecars from
    /// the last to the first. True when none runs.
    boolean all(Duration grace) throws InterruptedException {
        List<Declared> running = Declared.of(state.pod).stream()
                .filter(declared -> state.record(declared).isRunning())
                .toList();
        if (running.isEmpty()) {
            return true;
        }
        List<Declared> first = running.stream()
                .filter(declared -> declared.role() != Declared.Role.SIDECAR)
                .toList();
        for (Declared declared : first.isEmpty() ? List.of(running.getLast()) : first) {
            ContainerRecord record = state.record(declared);
            if (record.stop.isPresent() && record.stop.get().isToRepeat()) {
                record.stop = Optional.empty();
            }
            if (record.stop.isEmpty()) {
                one(declared, record, "Stopping container " + declared.name(), Optional.of(grace));
            } else {
                record.stop.get().within(grace);
            }
        }
        return false;
    }

    /// Ends one container within the pod's usual grace.
    void one(Declared declared, ContainerRecord record, String why) {
        one(declared, record, why, Optional.empty());
    }

    /// Ends one container within `grace`.
    void one(Declared declared, ContainerRecord record, String why, Optional<Duration> grace) {
        Duration limit =
                grace.orElseGet(() -> Optional.ofNullable(state.pod.getSpec().getTerminationGracePeriodSeconds())
                        .map(Duration::ofSeconds)
                        .orElse(USUAL_GRACE));
        node.events().normal(state.pod, declared.fieldPath(), "Killing", why);
        record.probes.ifPresent(ContainerProbes::stopLiveness);
        record.postStart.ifPresent(Background::cancel);
        record.stop = Optional.of(new ContainerStop(
                node.runtime().containers(),
                node.time(),
                record.id,
                limit,
                hooks.preStop(state, declared, record, limit),
                wake));
    }

    /// Gives back network and volumes of a pod that has ended; its containers stay, for their logs.
    void release() throws InterruptedException {
        if (state.sandbox.isPresent()) {
            node.runtime().sandboxes().stop(state.sandbox.get().id());
        }
        node.volumes().unmount(state.pod.getMetadata().getUid());
    }

    /// Removes the pod's sandboxes and the containers in them.
    void removeSandboxes() throws InterruptedException {
        state.sandbox.map(SandboxStatus::id).ifPresent(state.oldSandboxes::add);
        state.sandbox = Optional.empty();
        while (!state.oldSandboxes.isEmpty()) {
            String id = state.oldSandboxes.getFirst();
            node.runtime().sandboxes().stop(id);
            node.runtime().sandboxes().remove(id);
            state.oldSandboxes.removeFirst();
        }
    }

    /// Removes everything that is left of the pod.
    void cleanUp() throws InterruptedException {
        String uid = state.pod.getMetadata().getUid();
        removeSandboxes();
        node.volumes().unmount(uid);
        node.admission().release(uid);
        if (!node.settings().hollow()) {
            Trees.remove(node.settings().podDirectory(uid));
            Trees.remove(node.sandboxSpecs().logDirectory(state.pod));
        }
    }
}
