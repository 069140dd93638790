package dev.longshore.autoscaler;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What the autoscaler asks of a pod.
final class PodTraits {

    static final String SAFE_TO_EVICT = "cluster-autoscaler.kubernetes.io/safe-to-evict";
    private static final String SAFE_VOLUMES = "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes";
    private static final String DAEMON = "cluster-autoscaler.kubernetes.io/daemonset-pod";
    private static final String MIRROR = "kubernetes.io/config.mirror";
    private static final long USUAL_GRACE = 30;

    /// A pod that has been ending for its grace and this much more counts as gone.
    private static final Duration LONG_ENDING = Duration.ofSeconds(30);

    private PodTraits() {}

    static String key(Pod pod) {
        return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
    }

    static Optional<String> annotation(Pod pod, String name) {
        return Optional.ofNullable(pod.getMetadata().getAnnotations()).map(all -> all.get(name));
    }

    static Map<String, String> labels(Pod pod) {
        return Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.of());
    }

    static Optional<OwnerReference> controller(Pod pod) {
        return pod.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .findFirst();
    }

    static boolean isDaemon(Pod pod) {
        return controller(pod)
                        .filter(owner -> owner.getKind().equals("DaemonSet"))
                        .isPresent()
                || annotation(pod, DAEMON).filter("true"::equals).isPresent();
    }

    static boolean isMirror(Pod pod) {
        return annotation(pod, MIRROR).isPresent();
    }

    /// Somebody will make it anew when it is evicted, and then it needs a place.
    static boolean isRecreatable(Pod pod) {
        return !isMirror(pod) && !isDaemon(pod);
    }

    static Optional<String> node(Pod pod) {
        return Optional.ofNullable(pod.getSpec().getNodeName()).filter(name -> !name.isEmpty());
    }

    /// The node where less important pods make room for it.
    static Optional<String> nominatedNode(Pod pod) {
        return Optional.ofNullable(pod.getStatus())
                .map(status -> status.getNominatedNodeName())
                .filter(name -> !name.isEmpty());
    }

    static boolean isOver(Pod pod) {
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return "Succeeded".equals(phase) || "Failed".equals(phase);
    }

    static boolean isEnding(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }

    static boolean isLongEnding(Pod pod, Instant now) {
        return isEnding(pod)
                && Instant.parse(pod.getMetadata().getDeletionTimestamp())
                        .plusSeconds(grace(pod))
                        .plus(LONG_ENDING)
                        .isBefore(now);
    }

    /// In seconds.
    static long grace(Pod pod) {
        Long asked = pod.getSpec().getTerminationGracePeriodSeconds();
        return asked == null ? USUAL_GRACE : asked;
    }

    static int priority(Pod pod) {
        return pod.getSpec().getPriority() == null ? 0 : pod.getSpec().getPriority();
    }

    static Instant created(Pod pod) {
        String stamp = pod.getMetadata().getCreationTimestamp();
        return stamp == null ? Instant.EPOCH : Instant.parse(stamp);
    }

    /// The scheduler has looked at it and found no node.
    static boolean isUnschedulable(Pod pod) {
        return node(pod).isEmpty()
                && !isEnding(pod)
                && pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("PodScheduled")
                                && condition.getStatus().equals("False")
                                && "Unschedulable".equals(condition.getReason()));
    }

    /// It keeps data on its node that would be lost, unless it says that this is all right.
    static boolean hasLocalStorage(Pod pod) {
        List<String> safe = annotation(pod, SAFE_VOLUMES)
                .map(names -> Arrays.stream(names.split(",")).map(String::strip).toList())
                .orElse(List.of());
        return pod.getSpec().getVolumes().stream()
                .anyMatch(volume -> isLocal(volume) && !safe.contains(volume.getName()));
    }

    private static boolean isLocal(Volume volume) {
        return volume.getHostPath() != null
                || volume.getEmptyDir() != null
                        && !"Memory".equals(volume.getEmptyDir().getMedium());
    }
}
