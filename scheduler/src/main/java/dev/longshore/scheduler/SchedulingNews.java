package dev.longshore.scheduler;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Tells people what became of a pod: events, and the condition PodScheduled of one that fits nowhere.
final class SchedulingNews implements AutoCloseable {

    private static final String CONDITION = "PodScheduled";

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

    /// It has none: none fits.
    void unschedulable(PodView pod, String message) {
        tell(pod, "Unschedulable", message);
    }

    /// It has none: something went wrong.
    void failed(PodView pod, String message) {
        tell(pod, "SchedulerError", message);
    }

    private void tell(PodView pod, String reason, String message) {
        Optional<Pod> found = find(pod);
        if (found.isEmpty()) {
            return;
        }
        events.event(found.get(), EventRecorder.Type.WARNING, "FailedScheduling", message);
        boolean isTold = found.get().getStatus().getConditions().stream()
                .anyMatch(condition -> condition.getType().equals(CONDITION)
                        && "False".equals(condition.getStatus())
                        && message.equals(condition.getMessage()));
        if (!isTold) {
            write(pod, condition(found.get(), reason, message));
        }
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

    /// Only this condition, and only of this very pod.
    private void write(PodView pod, ObjectNode condition) {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").put("uid", pod.uid());
        patch.putObject("status").putArray("conditions").add(condition);
        client.pods()
                .inNamespace(pod.namespace())
                .withName(pod.name())
                .subresource("status")
                .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch.toString());
    }

    @Override
    public void close() {
        events.close();
    }
}
