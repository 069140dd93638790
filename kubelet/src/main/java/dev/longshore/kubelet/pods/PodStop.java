package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.probes.ContainerProbes;
import dev.longshore.kubelet.volumes.Trees;
import dev.longshore.runtime.ContainerStatus;
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

    /// Sees to it that every container ends within `grace`: all hear of it at once and run their hooks side by side;
    /// the stop signal comes to sidecars when the others are gone, from the last to the first. True when none runs.
    boolean all(Duration grace) throws InterruptedException {
        List<Declared> running = Declared.of(state.pod).stream()
                .filter(declared -> state.record(declared).isRunning())
                .toList();
        boolean othersRun = running.stream().anyMatch(declared -> declared.role() != Declared.Role.SIDECAR);
        for (Declared declared : running) {
            ContainerRecord record = state.record(declared);
            boolean waits =
                    declared.role() == Declared.Role.SIDECAR && (othersRun || !declared.equals(running.getLast()));
            if (record.stop.isPresent() && record.stop.get().isToRepeat()) {
                record.stop = Optional.empty();
            }
            if (record.stop.isEmpty()) {
                one(declared, record, "Stopping container " + declared.name(), Optional.of(grace), waits);
            } else {
                if (!waits) {
                    record.stop.get().begin();
                }
                record.stop.get().within(grace);
            }
        }
        return running.isEmpty();
    }

    /// Ends one container within the pod's usual grace.
    void one(Declared declared, ContainerRecord record, String why) {
        one(declared, record, why, Optional.empty());
    }

    /// Ends one container within `grace`.
    void one(Declared declared, ContainerRecord record, String why, Optional<Duration> grace) {
        one(declared, record, why, grace, false);
    }

    private void one(Declared declared, ContainerRecord record, String why, Optional<Duration> grace, boolean waits) {
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
                waits,
                wake));
    }

    /// Removes the containers that have ended and forgets how, of all that were not added by hand; their logs stay.
    void forgetContainers() throws InterruptedException {
        String uid = state.pod.getMetadata().getUid();
        for (Declared declared : Declared.of(state.pod)) {
            if (declared.role() == Declared.Role.EPHEMERAL) {
                continue;
            }
            for (ContainerStatus status : node.runtime().containers().list()) {
                if (uid.equals(status.spec().labels().get(Labels.POD_UID))
                        && status.spec().name().equals(declared.name())) {
                    node.runtime().containers().remove(status.id());
                }
            }
            if (state.record(declared).attempt >= 0) {
                state.record(declared).startOver();
            }
        }
    }

    /// Gives back network and volumes of a pod that has ended; its containers stay, for their logs.
    void release() throws InterruptedException {
        if (state.sandbox.isPresent()) {
            node.runtime().sandboxes().stop(state.sandbox.get().id());
        }
        node.volumes().unmount(state.pod.getMetadata().getUid());
    }

    /// Removes the pod's containers, which have ended, with all that they wrote and their logs; how they ended stays
    /// known.
    void discardContainers() throws InterruptedException {
        String uid = state.pod.getMetadata().getUid();
        for (ContainerStatus status : node.runtime().containers().list()) {
            if (uid.equals(status.spec().labels().get(Labels.POD_UID))) {
                node.runtime().containers().remove(status.id());
                node.files().removeLog(status.logFile());
            }
        }
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
        node.placements().release(uid);
        node.resizes().gone(uid);
        if (!node.settings().hollow()) {
            Trees.remove(node.settings().podDirectory(uid));
            Trees.remove(node.sandboxSpecs().logDirectory(state.pod));
        }
    }
}
