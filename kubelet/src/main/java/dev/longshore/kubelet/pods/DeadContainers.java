package dev.longshore.kubelet.pods;

import dev.longshore.base.Time;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.Containers;
import dev.longshore.runtime.RuntimeFaultException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes containers that have ended, with their logs (`pkg/kubelet/kuberuntime/kuberuntime_gc.go` of Kubernetes):
/// once a minute all but the latest dead one of each container; when the disk is short also those of pods that have
/// ended. What belongs to pods that are gone goes with them, elsewhere. Confined to one thread.
final class DeadContainers {

    private static final Logger log = LoggerFactory.getLogger(DeadContainers.class);
    private static final Duration ROUND = Duration.ofMinutes(1);

    private final PodWorkers pods;
    private final Containers containers;
    private final Time time;
    private Instant next = Instant.EPOCH;

    DeadContainers(PodWorkers pods, Containers containers, Time time) {
        this.pods = pods;
        this.containers = containers;
        this.time = time;
    }

    /// Once a minute: leaves one of each container that died more than once.
    void look() {
        Instant now = time.now();
        if (now.isBefore(next)) {
            return;
        }
        next = now.plus(ROUND);
        for (List<ContainerStatus> attempts : dead().values()) {
            removeAll(attempts.subList(1, attempts.size()));
        }
    }

    /// Removes all of pods that have ended: the disk is short.
    void removeUnused() {
        Set<String> over = pods.pods().stream()
                .filter(PodSnapshot::isOver)
                .map(pod -> pod.pod().getMetadata().getUid())
                .collect(Collectors.toSet());
        for (var entry : dead().entrySet()) {
            List<ContainerStatus> attempts = entry.getValue();
            boolean isOver = over.contains(entry.getKey().pod());
            removeAll(isOver ? attempts : attempts.subList(1, attempts.size()));
        }
    }

    private record Key(String pod, String container) {}

    /// By container, the latest first.
    private Map<Key, List<ContainerStatus>> dead() {
        var dead = new LinkedHashMap<Key, List<ContainerStatus>>();
        for (ContainerStatus status : containers.list()) {
            String pod = status.spec().labels().get(Labels.POD_UID);
            if (pod != null && status.state() == ContainerStatus.State.EXITED) {
                dead.computeIfAbsent(new Key(pod, status.spec().name()), key -> new ArrayList<>())
                        .add(status);
            }
        }
        dead.values()
                .forEach(attempts -> attempts.sort(Comparator.comparingInt(
                                (ContainerStatus status) -> status.spec().attempt())
                        .reversed()));
        return dead;
    }

    private void removeAll(List<ContainerStatus> attempts) {
        for (ContainerStatus status : attempts) {
            try {
                containers.remove(status.id());
                pods.removeLog(status.logFile());
            } catch (RuntimeFaultException stuck) {
                log.debug("container {} stays for now", status.id(), stuck);
            } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
