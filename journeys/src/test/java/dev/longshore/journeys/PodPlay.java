package dev.longshore.journeys;

import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;

/// Says of pods of a namespace what their node would say, so that tests decide which of them are ready, fail or
/// succeed, and when.
record PodPlay(HollowNamespace namespace) {

    /// For pods that are ready only when told: part of their spec.
    static final String GATED = "readinessGates: [{conditionType: example.com/go}],";

    /// For pods that no node takes, so that nobody else speaks of them: part of their spec.
    static final String ON_NO_NODE = "nodeSelector: {nowhere: ''},";

    void ready(String... pods) {
        for (String pod : pods) {
            say(pod, "{\"conditions\":[{\"type\":\"example.com/go\",\"status\":\"True\"}]}");
        }
    }

    void unready(String... pods) {
        for (String pod : pods) {
            say(pod, "{\"conditions\":[{\"type\":\"example.com/go\",\"status\":\"False\"}]}");
        }
    }

    void succeed(String... pods) {
        for (String pod : pods) {
            end(pod, "Succeeded", 0);
        }
    }

    /// The one container ends with `exitCode`.
    void fail(String pod, int exitCode) {
        end(pod, "Failed", exitCode);
    }

    /// The names of pods, in order.
    List<String> names() {
        return namespace.pods().stream()
                .map(pod -> pod.getMetadata().getName())
                .sorted()
                .toList();
    }

    private void end(String pod, String phase, int exitCode) {
        say(
                pod,
                ("{\"phase\":\"%s\",\"containerStatuses\":[{\"name\":\"main\",\"image\":\"it\",\"imageID\":\"\",\"ready\":false,"
                                + "\"restartCount\":0,\"state\":{\"terminated\":{\"exitCode\":%d,"
                                + "\"startedAt\":\"2026-01-01T00:00:00Z\",\"finishedAt\":\"2026-01-01T00:00:01Z\"}}}]}")
                        .formatted(phase, exitCode));
    }

    private void say(String pod, String status) {
        namespace
                .client()
                .pods()
                .inNamespace(namespace.name())
                .withName(pod)
                .subresource("status")
                .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), "{\"status\":" + status + "}");
    }
}
