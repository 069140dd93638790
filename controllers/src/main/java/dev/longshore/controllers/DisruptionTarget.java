package dev.longshore.controllers;

import dev.longshore.base.Json;
import dev.longshore.client.Patches;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/// Why a pod is about to be removed by the control plane, said in its status before: Jobs judge by it whether the
/// pod failed by itself.
///
/// @param reason as `DeletionByTaintManager`; empty when there is none to tell
/// @param hasFailed the pod is also said to have failed, since nobody else will say how it ended
record DisruptionTarget(String reason, String message, boolean hasFailed) {

    private static final int NOT_FOUND = 404;

    /// The pod does not tolerate a taint of its node.
    static final DisruptionTarget TAINTED =
            new DisruptionTarget("DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint", false);

    /// The pod's node is no more.
    static final DisruptionTarget ORPHANED =
            new DisruptionTarget("DeletionByPodGC", "PodGC: node no longer exists", true);

    /// No reason but that the pod is over.
    static final DisruptionTarget NONE = new DisruptionTarget("", "", true);

    /// Says it of `pod`; nothing happens when that is gone.
    void say(KubernetesClient client, Pod pod, Instant now) {
        try {
            String path = "/api/v1/namespaces/%s/pods/%s/status"
                    .formatted(
                            pod.getMetadata().getNamespace(), pod.getMetadata().getName());
            Patches.strategicMerge(client, path, patch(pod, now));
        } catch (KubernetesClientException gone) {
            if (gone.getCode() != NOT_FOUND) {
                throw gone;
            }
        }
    }

    /// The change of `pod` in which it is said.
    ObjectNode patch(Pod pod, Instant now) {
        var patch = Json.object();
        patch.putObject("metadata").put("uid", pod.getMetadata().getUid());
        var status = patch.putObject("status");
        if (hasFailed && !Pods.isTerminal(pod)) {
            status.put("phase", "Failed");
            if (pod.getMetadata().getGeneration() != null) {
                status.put("observedGeneration", pod.getMetadata().getGeneration());
            }
        }
        if (!reason.isEmpty()) {
            status.putArray("conditions").add(condition(pod, now));
        }
        return patch;
    }

    private ObjectNode condition(Pod pod, Instant now) {
        ObjectNode condition = Json.object()
                .put("type", "DisruptionTarget")
                .put("status", "True")
                .put("reason", reason)
                .put("message", message)
                .put(
                        "lastTransitionTime",
                        Instant.ofEpochSecond(now.getEpochSecond()).toString());
        if (pod.getMetadata().getGeneration() != null) {
            condition.put("observedGeneration", pod.getMetadata().getGeneration());
        }
        return condition;
    }
}
