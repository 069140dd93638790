package dev.longshore.scheduler;

import dev.longshore.scheduler.framework.DeviceClaim;
import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.Objects;

/// Keeps cache and queue up to date with what is heard of pods. Most of what is heard is a status that no rule
/// asks for: it costs a comparison.
final class PodChanges implements ResourceEventHandler<Pod> {

    private final ClusterCache cache;
    private final SchedulingQueue queue;
    private final Nominations nominations;

    PodChanges(ClusterCache cache, SchedulingQueue queue, Nominations nominations) {
        this.cache = cache;
        this.queue = queue;
        this.nominations = nominations;
    }

    @Override
    public void onAdd(Pod pod) {
        nominate(pod);
        heard(pod);
    }

    @Override
    public void onUpdate(Pod old, Pod pod) {
        if (!old.getMetadata().getUid().equals(pod.getMetadata().getUid())) {
            // Deleted and made again between two lists.
            onDelete(old, true);
        }
        if (!Objects.equals(nominated(old), nominated(pod))) {
            nominate(pod);
        }
        if (!isSame(old, pod)) {
            heard(pod);
        }
    }

    @Override
    public void onDelete(Pod pod, boolean isStateUnknown) {
        String uid = pod.getMetadata().getUid();
        nominations.remove(uid);
        queue.remove(uid);
        queue.move(cache.remove(uid));
    }

    /// Ours, from before a restart, or somebody else's.
    private void nominate(Pod pod) {
        boolean isWaiting = !hasNode(pod) && !isOver(pod) && pod.getMetadata().getDeletionTimestamp() == null;
        if (isWaiting && !nominated(pod).isEmpty()) {
            nominations.put(PodView.of(pod), nominated(pod));
        } else {
            nominations.remove(pod.getMetadata().getUid());
        }
    }

    private static String nominated(Pod pod) {
        String node = pod.getStatus() == null ? null : pod.getStatus().getNominatedNodeName();
        return node == null ? "" : node;
    }

    private void heard(Pod pod) {
        String uid = pod.getMetadata().getUid();
        if (isOver(pod) || hasNode(pod)) {
            nominations.remove(uid);
        }
        if (isOver(pod)) {
            queue.remove(uid);
            queue.move(cache.remove(uid));
        } else if (hasNode(pod)) {
            queue.remove(uid);
            queue.move(cache.put(PodView.of(pod)));
        } else if (pod.getMetadata().getDeletionTimestamp() != null || isGated(pod)) {
            queue.remove(uid);
        } else if (Scheduler.NAME.equals(pod.getSpec().getSchedulerName()) && !cache.isAssumed(uid)) {
            queue.add(PodView.of(pod));
        }
    }

    /// Nothing that a rule asks for has changed.
    private static boolean isSame(Pod old, Pod pod) {
        var before = old.getMetadata();
        var now = pod.getMetadata();
        return Objects.equals(before.getUid(), now.getUid())
                && isOver(old) == isOver(pod)
                && Objects.equals(before.getLabels(), now.getLabels())
                && Objects.equals(before.getDeletionTimestamp(), now.getDeletionTimestamp())
                && Objects.equals(old.getSpec().getNodeName(), pod.getSpec().getNodeName())
                && DeviceClaim.of(old).equals(DeviceClaim.of(pod))
                && isSameSpec(old, pod);
    }

    /// The generation counts changes of the spec; where it is missing, the spec is compared.
    private static boolean isSameSpec(Pod old, Pod pod) {
        Long before = old.getMetadata().getGeneration();
        Long now = pod.getMetadata().getGeneration();
        return before != null && now != null
                ? before.equals(now)
                : old.getSpec().equals(pod.getSpec());
    }

    private static boolean hasNode(Pod pod) {
        return pod.getSpec().getNodeName() != null
                && !pod.getSpec().getNodeName().isEmpty();
    }

    /// Somebody else has to let it go first.
    private static boolean isGated(Pod pod) {
        return !pod.getSpec().getSchedulingGates().isEmpty();
    }

    private static boolean isOver(Pod pod) {
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return "Succeeded".equals(phase) || "Failed".equals(phase);
    }
}
