package dev.longshore.kubelet.pods;

import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.SandboxStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a worker knows about its pod. Confined to the worker's thread.
final class PodState {

    Pod pod;
    Optional<SandboxStatus> sandbox = Optional.empty();
    int sandboxAttempt = -1;
    /// Sandboxes of earlier attempts, to be removed.
    final List<String> oldSandboxes = new ArrayList<>();
    /// Containers that an earlier run of this program made and did not come to start, to be removed.
    final List<String> unstarted = new ArrayList<>();
    final Map<String, ContainerRecord> records = new LinkedHashMap<>();
    final Map<String, Backoff> imageBackoffs = new LinkedHashMap<>();
    final Map<String, ImageVolumes.Fetch> volumeImages = new LinkedHashMap<>();
    Optional<Instant> startTime = Optional.empty();
    /// Why the pod as a whole has failed, apart from its containers.
    Optional<Verdict> verdict = Optional.empty();
    /// What was last said to the server.
    Optional<PodStatus> told = Optional.empty();
    Instant toldAt = Instant.EPOCH;
    /// The server has shown since that it knows.
    boolean wasShown;
    /// What other threads may know.
    volatile PodSnapshot snapshot;
    /// What the node has granted; empty before the pod is admitted or found again.
    Optional<Allocation> allocation = Optional.empty();
    /// What the pod's own cgroup was given.
    Optional<ContainerResources> podResources = Optional.empty();
    Optional<ResizeState> resizePending = Optional.empty();
    Optional<ResizeState> resizing = Optional.empty();
    boolean admitted;
    /// The init phase is over in the present sandbox.
    boolean initialized;
    /// How long a pod has to end that must go for the node's sake.
    Optional<Duration> orderedGrace = Optional.empty();
    /// It has to go for the node's sake, not for a limit of its own.
    boolean isDisrupted;
    /// Nothing of it runs any more, nor ever will.
    boolean released;

    PodState(Pod pod) {
        this.pod = pod;
        this.snapshot = PodSnapshot.of(this, Optional.ofNullable(pod.getStatus()));
    }

    ContainerRecord record(Declared declared) {
        return records.computeIfAbsent(declared.name(), ContainerRecord::new);
    }

    List<String> addresses() {
        return sandbox.map(SandboxStatus::addresses).orElse(List.of());
    }

    boolean anyRunning() {
        return records.values().stream().anyMatch(ContainerRecord::isRunning);
    }

    /// Whether any runs but those that play the part of `except`.
    boolean anyRunning(Declared.Role except) {
        return Declared.of(pod).stream()
                .anyMatch(declared ->
                        declared.role() != except && record(declared).isRunning());
    }

    /// Whether a container that has ended starts again.
    boolean restarts(Declared declared) {
        ContainerRecord record = record(declared);
        return record.ended
                .map(how -> record.restartsAnyway || RestartRule.restarts(pod, declared, how))
                .orElse(false);
    }

    /// Whether the end of a container asks for all of them to begin anew.
    boolean startsOver() {
        return Declared.of(pod).stream()
                .anyMatch(declared -> !record(declared).isRunning()
                        && record(declared)
                                .ended
                                .filter(how -> RestartRule.restartsAll(declared, how))
                                .isPresent());
    }

    /// True if no container will run again: every main container has ended for good, or the init phase has
    /// failed for good.
    boolean isFinished() {
        boolean anyMain = false;
        boolean allMainsDone = true;
        for (Declared declared : Declared.of(pod)) {
            ContainerRecord record = record(declared);
            boolean done = !record.isRunning() && record.ended.isPresent() && !restarts(declared);
            if (declared.role() == Declared.Role.INIT
                    && !initialized
                    && done
                    && !record.ended.orElseThrow().isSuccess()) {
                return true;
            }
            if (declared.role() == Declared.Role.MAIN) {
                anyMain = true;
                allMainsDone &= done;
            }
        }
        return anyMain && allMainsDone;
    }

    /// Why a pod has failed as a whole: `Evicted`, `DeadlineExceeded`, `OutOfcpu` …
    record Verdict(String reason, String message) {}
}
