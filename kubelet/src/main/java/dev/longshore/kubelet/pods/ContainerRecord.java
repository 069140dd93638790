package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.probes.ContainerProbes;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.ContainerUser;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.time.Instant;
import java.util.Optional;

/// What a worker knows about one container of its pod. States, of which exactly one holds:
///
/// - never started: `running` and `ended` are empty, `waiting` says why;
/// - running: `running` is there; until its postStart hook is through, `waiting` is told as it was before;
/// - ended: `ended` is there; `waiting` says so if it will start again but not yet.
///
/// Confined to the worker's thread.
final class ContainerRecord {

    static final Waiting CREATING = new Waiting("ContainerCreating", "");
    static final Waiting INITIALIZING = new Waiting("PodInitializing", "");

    private static final String STARTING_OVER = "RestartingAllContainers";

    private final String name;
    /// Number of the latest attempt; -1 before the first. Also the restart count.
    int attempt = -1;
    /// The latest container's id in the runtime; empty when there is none to be found.
    String id = "";
    String image = "";
    String imageId = "";
    Optional<ContainerStatus> running = Optional.empty();
    Optional<Ended> ended = Optional.empty();
    Optional<Ended> before = Optional.empty();
    Optional<Waiting> waiting = Optional.empty();
    Optional<ContainerProbes> probes = Optional.empty();
    Optional<ContainerStop> stop = Optional.empty();
    Optional<Background> postStart = Optional.empty();
    Optional<ImagePull> pull = Optional.empty();
    /// What went wrong in its postStart hook, for which it is being ended.
    Optional<String> hookFailure = Optional.empty();
    /// It was ended in order to start again, however it ends.
    boolean restartsAnyway;
    /// When its image could not be had.
    Instant imageFailedAt = Instant.EPOCH;
    /// What it has of processors and memory; empty if nobody knows.
    Optional<ResourceRequirements> actual = Optional.empty();
    /// Those that it was last put on, as `0-2,4`; empty if nobody cares or knows.
    String processors = "";
    /// Who its process is, once that was asked for.
    Optional<ContainerUser> user = Optional.empty();
    /// Whether an adopted container was ready when last seen.
    boolean wasReady;
    final Backoff backoff = new Backoff();

    ContainerRecord(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    int restarts() {
        return Math.max(0, attempt);
    }

    boolean isRunning() {
        return running.isPresent();
    }

    /// Runs, and its postStart hook is through.
    boolean isUp() {
        return isRunning() && postStart.isEmpty() && hookFailure.isEmpty();
    }

    boolean isStarted() {
        return isUp() && probes.map(ContainerProbes::isStarted).orElse(false);
    }

    boolean isReady() {
        return isUp() && probes.map(ContainerProbes::isReady).orElse(false);
    }

    /// Notes the start of an attempt.
    void begin(int number, String containerId) {
        before = ended.or(() -> before);
        ended = Optional.empty();
        attempt = number;
        id = containerId;
        user = Optional.empty();
        restartsAnyway = false;
    }

    /// Notes the end of an attempt.
    void end(Ended how) {
        probes.ifPresent(ContainerProbes::close);
        probes = Optional.empty();
        postStart.ifPresent(Background::cancel);
        postStart = Optional.empty();
        running = Optional.empty();
        stop = Optional.empty();
        hookFailure = Optional.empty();
        ended = Optional.of(how);
        waiting = Optional.empty();
    }

    /// Forgets how it ended, so that it starts as if for the first time but for the count.
    void startOver() {
        String why = "The container is removed because RestartAllContainers in place";
        before = Optional.of(new Ended("", Ended.UNKNOWN_EXIT, STARTING_OVER, why, Optional.empty(), Optional.empty()));
        waiting = Optional.of(new Waiting(STARTING_OVER, why));
        ended = Optional.empty();
        id = "";
    }

    /// Why it does not run, though it should.
    record Waiting(String reason, String message) {}
}
