package dev.longshore.kubelet.pods;

import dev.longshore.base.Json;
import dev.longshore.kubelet.cluster.PodApi;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Writes statuses, but only when they say something new: the server's load from an idle pod is none.
final class StatusPublisher {

    /// Fields that a patch must take away when the status has them no more.
    private static final List<String> TAKEN_AWAY = List.of("reason", "message", "podIP");

    private final PodApi api;

    StatusPublisher(PodApi api) {
        this.api = api;
    }

    /// Makes the server say `status`; false when it no longer knows the pod.
    boolean publish(PodState state, PodStatus status) {
        // First our own readers: who learns from the server that a container runs may ask for it here at once.
        state.snapshot = PodSnapshot.of(state, Optional.of(status));
        if (state.told.map(status::equals).orElse(false)) {
            return true;
        }
        boolean known = api.patchStatus(state.pod, patch(status));
        state.told = Optional.of(status);
        return known;
    }

    private static ObjectNode patch(PodStatus status) {
        var patch = (ObjectNode) Json.parse(Serialization.asJson(status));
        for (String field : TAKEN_AWAY) {
            if (!patch.has(field)) {
                patch.putNull(field);
            }
        }
        // Both lists merge by key: without this directive an old address would stay beside the new.
        if (patch.path("podIPs").isArray()) {
            patch.withArray("podIPs").insertObject(0).put("$patch", "replace");
        }
        return patch;
    }
}
