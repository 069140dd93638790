package dev.longshore.scheduler;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import dev.longshore.client.Patches;
import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Tells people what became of a pod: events, and the condition PodScheduled of one that fits nowhere.
final class SchedulingNews implements AutoCloseable {

    private static final String CONDITION = "PodScheduled";
    private static final int NOT_FOUND = 404;

    private final KubernetesClient client;
    private final Informers informers;
    private final EventRecorder events;
    private final Time time;

    SchedulingNews(KubernetesClient client, Informers informers, Time time) {
        this.client = client;
        this.informers = informers;
        this.events = new EventRecorder(client, Scheduler.NAME, "", time);
        this.time = time;
    }

    /// It has a node.
    void scheduled(PodView pod, String node) {
        find(pod)
                .ifPresent(object -> events.event(
                        object,
                        EventRecorder.Type.NORMAL,
                        "Scheduled",
                        "Successfully assigned %s to %s".formatted(pod.key(), node)));
    }

    /// It will have `node` when its devices are ready there.
    void waiting(PodView pod, String node) {
        find(pod)
                .ifPresent(object -> events.event(
                        object,
                        EventRecorder.Type.NORMAL,
                        "BindingConditionsPending",
                        "waiting for binding conditions for device on node " + node));
    }

    /// It has none: none fits.
    ///
    /// @param nominated the node that is being cleared for it, from now on
    void unschedulable(PodView pod, String message, Optional<String> nominated) {
        tell(pod, "Unschedulable", message, nominated);
    }

    /// It has none: something went wrong.
    void failed(PodView pod, String message) {
        tell(pod, "SchedulerError", message, nominated(pod));
    }

    /// `victim` had to go for `pod`.
    void preempted(PodView victim, PodView pod, String node) {
        find(victim)
                .ifPresent(object -> events.event(
                        object,
                        EventRecorder.Type.NORMAL,
                        "Preempted",
                        "Preempted by pod %s on node %s".formatted(pod.uid(), node)));
    }

    /// No node is being cleared for `pod` any more.
    void cleared(PodView pod) {
        if (nominated(pod).isPresent()) {
            ObjectNode patch = patch(pod);
            patch.withObject("status").putNull("nominatedNodeName");
            write(pod, patch);
        }
    }

    /// What the cluster knows of it.
    Optional<String> nominated(PodView pod) {
        return find(pod)
                .map(object -> object.getStatus().getNominatedNodeName())
                .filter(node -> !node.isEmpty());
    }

    private void tell(PodView pod, String reason, String message, Optional<String> nominated) {
        Optional<Pod> found = find(pod);
        if (found.isEmpty()) {
            return;
        }
        events.event(found.get(), EventRecorder.Type.WARNING, "FailedScheduling", message);
        boolean isTold = found.get().getStatus().getConditions().stream()
                .anyMatch(condition -> condition.getType().equals(CONDITION)
                        && "False".equals(condition.getStatus())
                        && message.equals(condition.getMessage()));
        if (isTold && nominated.equals(nominated(pod))) {
            return;
        }
        ObjectNode patch = patch(pod);
        ObjectNode status = patch.withObject("status");
        status.putArray("conditions").add(condition(found.get(), reason, message));
        nominated.ifPresentOrElse(
                node -> status.put("nominatedNodeName", node), () -> status.putNull("nominatedNodeName"));
        write(pod, patch);
    }

    private Optional<Pod> find(PodView pod) {
        return informers
                .find(Pod.class, pod.key())
                .filter(object -> object.getMetadata().getUid().equals(pod.uid()));
    }

    private ObjectNode condition(Pod pod, String reason, String message) {
        String since = pod.getStatus().getConditions().stream()
                .filter(before -> before.getType().equals(CONDITION)
                        && "False".equals(before.getStatus())
                        && before.getLastTransitionTime() != null)
                .map(before -> before.getLastTransitionTime())
                .findFirst()
                .orElseGet(
                        () -> Instant.ofEpochSecond(time.now().getEpochSecond()).toString());
        return Json.object()
                .put("type", CONDITION)
                .put("status", "False")
                .put("reason", reason)
                .put("message", message)
                .put("lastTransitionTime", since);
    }

    /// Only of this very pod.
    private static ObjectNode patch(PodView pod) {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").put("uid", pod.uid());
        return patch;
    }

    private void write(PodView pod, ObjectNode patch) {
        try {
            Patches.strategicMerge(
                    client, "/api/v1/namespaces/%s/pods/%s/status".formatted(pod.namespace(), pod.name()), patch);
        } catch (KubernetesClientException refused) {
            // Deleted meanwhile: nobody is left who would want to know.
            if (refused.getCode() != NOT_FOUND) {
                throw refused;
            }
        }
    }

    @Override
    public void close() {
        events.close();
    }
}
