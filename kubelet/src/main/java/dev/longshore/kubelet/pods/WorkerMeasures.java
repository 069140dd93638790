package dev.longshore.kubelet.pods;

import dev.longshore.base.Time;
import dev.longshore.kubelet.measures.NodeMeasures;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/// How one worker's looks at its pod are counted, and when the pod first runs. Confined to the worker's thread.
final class WorkerMeasures {

    private final NodeMeasures measures;
    private final Time time;
    private final long seen;
    private Optional<Pod> last = Optional.empty();
    private boolean isStarting;

    /// @param first the pod as it was when it was first seen
    WorkerMeasures(NodeMeasures measures, Time time, PodSnapshot first) {
        this.measures = measures;
        this.time = time;
        this.seen = time.nanoTime();
        this.isStarting = !isRunning(first.status());
    }

    /// The worker has begun.
    void begun() {
        measures.workerStarted(time.nanoTime() - seen);
    }

    /// It has looked, and acted on what it saw.
    void looked(Pod pod, boolean isEnding, long nanos, PodSnapshot after) {
        String operation = isEnding ? "kill" : last.isEmpty() ? "create" : last.get() == pod ? "sync" : "update";
        last = Optional.of(pod);
        measures.podWorked(operation, nanos);
        if (isStarting && isRunning(after.status())) {
            isStarting = false;
            measures.podRuns(time.nanoTime() - seen, Duration.between(made(pod), time.now()));
        }
    }

    /// The pod is no more.
    void gone(Pod pod) {
        measures.forget(Names.probed(pod));
    }

    private Instant made(Pod pod) {
        String text = pod.getMetadata().getCreationTimestamp();
        try {
            return text == null ? time.now() : Instant.parse(text);
        } catch (DateTimeParseException unreadable) {
            return time.now();
        }
    }

    private static boolean isRunning(Optional<PodStatus> status) {
        return status.map(PodStatus::getPhase).filter("Running"::equals).isPresent();
    }
}
