package dev.longshore.runtime.cri;

import dev.longshore.base.Time;
import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.cri.proto.Container;
import dev.longshore.runtime.cri.proto.ContainerState;
import dev.longshore.runtime.cri.proto.ReopenContainerLogRequest;
import dev.longshore.runtime.internal.LogRotation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Keeps the logs of running containers from filling the disk: over CRI that is the kubelet's task.
final class CriLogs {

    /// As kubelets have it.
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final CriConnection cri;
    private final LogRotation rotation;
    private final Time time;
    private Instant next = Instant.EPOCH;

    CriLogs(CriConnection cri, Time time) {
        this.cri = cri;
        this.rotation = new LogRotation(time);
        this.time = time;
    }

    /// Moves aside what has grown too large, if it is time to look. For one thread.
    void check(List<Container> all, Function<String, Optional<ContainerStatus>> status) {
        if (time.now().isBefore(next)) {
            return;
        }
        next = time.now().plus(PERIOD);
        for (Container container : all) {
            if (container.getState() == ContainerState.CONTAINER_RUNNING) {
                status.apply(container.getId())
                        .ifPresent(found -> rotation.check(
                                found.logFile(), () -> reopen(container.getId()), ContainerOptions.Log.USUAL));
            }
        }
    }

    private void reopen(String containerId) {
        cri.ask(
                CriMethods.REOPEN_CONTAINER_LOG,
                ReopenContainerLogRequest.newBuilder()
                        .setContainerId(containerId)
                        .build());
    }
}
