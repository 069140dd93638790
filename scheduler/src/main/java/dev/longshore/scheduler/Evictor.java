package dev.longshore.scheduler;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.client.Patches;
import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/// Ends pods to make room for a more important one: marks each as disrupted, deletes it with its own grace period,
/// and tells of it.
final class Evictor {

    /// The condition of a pod that has to go.
    static final String CONDITION = "DisruptionTarget";

    /// Why it is true.
    static final String REASON = "PreemptionByScheduler";

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final KubernetesClient client;
    private final SchedulingNews news;
    private final Time time;

    Evictor(KubernetesClient client, SchedulingNews news, Time time) {
        this.client = client;
        this.news = news;
        this.time = time;
    }

    /// Ends `victims` for `pod`; those that are on their way out already are left to it.
    ///
    /// @throws KubernetesClientException when the server refuses; the victims before have to go all the same
    void evict(Victims victims, PodView pod) {
        for (PodView victim : victims.pods()) {
            if (!victim.isEnding()) {
                evict(victim, pod, victims.node());
            }
        }
    }

    private void evict(PodView victim, PodView pod, String node) {
        try {
            String path = "/api/v1/namespaces/%s/pods/%s".formatted(victim.namespace(), victim.name());
            Patches.strategicMerge(client, path + "/status", marked(victim));
            client.raw(
                    path,
                    "DELETE",
                    new DeleteOptionsBuilder()
                            .withNewPreconditions()
                            .withUid(victim.uid())
                            .endPreconditions()
                            .build());
        } catch (KubernetesClientException refused) {
            // It is gone, or another one of its name is there.
            if (refused.getCode() != NOT_FOUND && refused.getCode() != CONFLICT) {
                throw refused;
            }
            return;
        }
        news.preempted(victim, pod, node);
    }

    private ObjectNode marked(PodView victim) {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").put("uid", victim.uid());
        patch.putObject("status")
                .putArray("conditions")
                .addObject()
                .put("type", CONDITION)
                .put("status", "True")
                .put("reason", REASON)
                .put("message", Scheduler.NAME + ": preempting to accommodate a higher priority pod")
                .put(
                        "lastTransitionTime",
                        Instant.ofEpochSecond(time.now().getEpochSecond()).toString());
        return patch;
    }
}
