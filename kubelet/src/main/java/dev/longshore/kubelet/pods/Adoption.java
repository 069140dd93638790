package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.volumes.Trees;
import dev.longshore.kubelet.volumes.VolumeException;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.SandboxStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds again, at the start, the sandboxes and containers that an earlier run left, and takes them over as
/// they are: nothing is restarted. What belongs to no pod any more is ended and removed.
final class Adoption {

    private static final Logger log = LoggerFactory.getLogger(Adoption.class);
    private static final Duration USUAL_GRACE = Duration.ofSeconds(30);

    private final PodServices node;
    private final Map<String, Left> left = new ConcurrentHashMap<>();

    Adoption(PodServices node) {
        this.node = node;
    }

    /// Sees what is there.
    void look() {
        for (SandboxStatus sandbox : node.runtime().sandboxes().list()) {
            left(sandbox.spec().podUid()).sandboxes().add(sandbox);
        }
        for (ContainerStatus container : node.runtime().containers().list()) {
            String uid = container.spec().labels().get(Labels.POD_UID);
            if (uid != null) {
                left(uid).containers().add(container);
            }
        }
    }

    private Left left(String uid) {
        return left.computeIfAbsent(uid, key -> new Left(new ArrayList<>(), new ArrayList<>()));
    }

    /// What is known of `pod`: from the runtime if it was here before, and from its last status.
    PodState adopt(Pod pod) {
        var state = new PodState(pod);
        Optional<PodStatus> told = Optional.ofNullable(pod.getStatus());
        state.startTime = told.map(PodStatus::getStartTime).map(Instant::parse);
        told.ifPresent(status -> recall(state, status));
        Left mine = left.remove(pod.getMetadata().getUid());
        if (mine != null) {
            takeOver(state, mine);
        }
        if (state.sandbox.isEmpty() && !isOver(told)) {
            beginAnew(state);
        }
        // A pod that has been begun was admitted then; the room it takes is counted all the same.
        if (mine != null || state.startTime.isPresent()) {
            state.admitted = true;
            if (!state.released) {
                node.admission().adopt(pod);
            }
        }
        return state;
    }

    private static boolean isOver(Optional<PodStatus> told) {
        return told.map(PodStatus::getPhase)
                .map(phase -> phase.equals("Succeeded") || phase.equals("Failed"))
                .orElse(false);
    }

    /// The sandbox is lost, as after a reboot: the init phase is gone through again.
    private static void beginAnew(PodState state) {
        for (Declared declared : Declared.of(state.pod)) {
            ContainerRecord record = state.record(declared);
            if (declared.role() == Declared.Role.INIT && record.ended.isPresent()) {
                record.before = record.ended;
                record.ended = Optional.empty();
                record.id = "";
            }
        }
    }

    private static void recall(PodState state, PodStatus told) {
        if (isOver(Optional.of(told))
                && told.getReason() != null
                && !told.getReason().isEmpty()) {
            state.verdict = Optional.of(
                    new PodState.Verdict(told.getReason(), told.getMessage() == null ? "" : told.getMessage()));
        }
        var all = new ArrayList<>(told.getInitContainerStatuses());
        all.addAll(told.getContainerStatuses());
        all.addAll(told.getEphemeralContainerStatuses());
        for (var status : all) {
            var record = state.records.computeIfAbsent(status.getName(), ContainerRecord::new);
            record.image = status.getImage() == null ? "" : status.getImage();
            record.imageId = status.getImageID() == null ? "" : status.getImageID();
            record.wasReady = Boolean.TRUE.equals(status.getReady());
            record.actual = Optional.ofNullable(status.getResources());
            int restarts = status.getRestartCount() == null ? 0 : status.getRestartCount();
            var now = status.getState();
            if (status.getLastState() != null && status.getLastState().getTerminated() != null) {
                record.before = Optional.of(Ended.of(status.getLastState().getTerminated()));
            }
            if (now != null && now.getTerminated() != null) {
                record.ended = Optional.of(Ended.of(now.getTerminated()));
                record.attempt = restarts;
                record.id = bare(status.getContainerID());
            } else if (now != null && now.getRunning() != null) {
                record.attempt = restarts;
                record.id = bare(status.getContainerID());
            } else if (record.before.isPresent()) {
                record.ended = record.before;
                record.before = Optional.empty();
                record.attempt = restarts;
            }
        }
    }

    private static String bare(String containerId) {
        return containerId == null ? "" : containerId.substring(containerId.indexOf("://") + 3);
    }

    private void takeOver(PodState state, Left mine) {
        List<SandboxStatus> sandboxes = mine.sandboxes().stream()
                .sorted(Comparator.comparingInt(sandbox -> sandbox.spec().attempt()))
                .toList();
        if (!sandboxes.isEmpty()) {
            SandboxStatus latest = sandboxes.getLast();
            state.sandbox = Optional.of(latest);
            state.sandboxAttempt = latest.spec().attempt();
            state.podResources = Optional.of(latest.spec().resources());
            sandboxes.subList(0, sandboxes.size() - 1).forEach(old -> state.oldSandboxes.add(old.id()));
        }
        // Nobody ever saw these attempts; they are made again and count once.
        mine.containers().stream()
                .filter(container -> container.state() == ContainerStatus.State.CREATED)
                .forEach(container -> state.unstarted.add(container.id()));
        for (Declared declared : Declared.of(state.pod)) {
            List<ContainerStatus> attempts = mine.containers().stream()
                    .filter(container -> container.spec().name().equals(declared.name()))
                    .filter(container -> container.state() != ContainerStatus.State.CREATED)
                    .sorted(Comparator.comparingInt(
                            container -> container.spec().attempt()))
                    .toList();
            if (!attempts.isEmpty()) {
                takeOver(state, declared, attempts);
            }
        }
    }

    private void takeOver(PodState state, Declared declared, List<ContainerStatus> attempts) {
        ContainerRecord record = state.record(declared);
        ContainerStatus latest = attempts.getLast();
        record.attempt = latest.spec().attempt();
        record.id = latest.id();
        record.image = latest.spec()
                .annotations()
                .getOrDefault(Labels.IMAGE, declared.container().getImage());
        if (record.imageId.isEmpty()) {
            record.imageId = latest.spec().image().toString();
        }
        boolean isOver = latest.state() == ContainerStatus.State.EXITED;
        boolean isKnown = record.ended
                .map(how -> how.containerId().equals(node.containerId(latest.id())))
                .orElse(false);
        if (!isKnown) {
            record.before = record.ended.or(() -> record.before);
            record.ended = Optional.empty();
        }
        record.running = latest.state() == ContainerStatus.State.RUNNING ? Optional.of(latest) : Optional.empty();
        // Without it the crash back-off would begin anew at every start of this program.
        for (int i = 0; isOver && i < Math.min(record.attempt, 6); i++) {
            Instant at = latest.finishedAt().orElse(latest.createdAt());
            record.backoff.next(at, at, node.settings().rules().longestBackoff());
        }
        if (declared.role() == Declared.Role.MAIN) {
            state.initialized = true;
        }
    }

    /// Ends and removes what belongs to no pod in `alive`.
    void removeOrphans(Set<String> alive) {
        left.forEach((uid, mine) -> {
            // Taken out of the map by whoever comes first: a pod that is adopted just now is no orphan.
            if (!alive.contains(uid) && left.remove(uid, mine)) {
                try {
                    remove(uid, mine);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                } catch (RuntimeFaultException failure) {
                    log.warn("what is left of pod {} could not be removed", uid, failure);
                }
            }
        });
    }

    /// Takes down the volumes of what belongs to no pod in `alive` and of which nothing runs.
    void removeOrphanedVolumes(Set<String> alive) {
        for (String uid : node.volumes().left()) {
            if (alive.contains(uid) || left.containsKey(uid)) {
                continue;
            }
            try {
                node.volumes().unmount(uid);
                Trees.remove(node.settings().podDirectory(uid));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            } catch (VolumeException | UncheckedIOException failure) {
                log.warn("volumes that are left of pod {} could not be removed", uid, failure);
            }
        }
    }

    private void remove(String uid, Left mine) throws InterruptedException {
        for (ContainerStatus container : mine.containers()) {
            String grace = container.spec().annotations().get(Labels.GRACE);
            node.runtime()
                    .containers()
                    .stop(container.id(), grace == null ? USUAL_GRACE : Duration.ofSeconds(Long.parseLong(grace)));
        }
        for (SandboxStatus sandbox : mine.sandboxes()) {
            node.runtime().sandboxes().stop(sandbox.id());
            node.runtime().sandboxes().remove(sandbox.id());
        }
        for (ContainerStatus container : mine.containers()) {
            node.runtime().containers().remove(container.id());
        }
        node.volumes().unmount(uid);
        if (!node.settings().hollow()) {
            Trees.remove(node.settings().podDirectory(uid));
            mine.sandboxes().forEach(sandbox -> Trees.remove(sandbox.spec().logDirectory()));
        }
    }

    /// What the runtime has of one pod.
    private record Left(List<SandboxStatus> sandboxes, List<ContainerStatus> containers) {}
}
