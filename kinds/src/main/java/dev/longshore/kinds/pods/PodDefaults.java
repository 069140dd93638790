package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.Trees;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What pods and pod templates are given when clients say nothing.
public final class PodDefaults {

    private static final int GRACE_SECONDS = 30;

    private PodDefaults() {}

    /// For a pod.
    public static void pod(ObjectNode pod) {
        ObjectNode spec = Defaults.object(pod, "spec");
        for (String field : List.of("containers", "initContainers")) {
            Trees.list(spec, field).forEach(PodDefaults::requestsFromLimits);
        }
        PodResourceDefaults.apply(spec);
        Defaults.put(spec, "enableServiceLinks", true);
        if (Trees.flag(spec, "hostNetwork")) {
            hostPorts(spec);
        }
        spec(spec);
    }

    /// For the template in `holder.template`, of controllers, which is there even where a client forgot it.
    public static void template(ObjectNode holder) {
        spec(Defaults.object(Defaults.object(holder, "template"), "spec"));
    }

    /// For a pod's spec.
    public static void spec(ObjectNode spec) {
        Defaults.put(spec, "dnsPolicy", "ClusterFirst");
        Defaults.put(spec, "restartPolicy", "Always");
        Defaults.put(spec, "schedulerName", "default-scheduler");
        Defaults.put(spec, "terminationGracePeriodSeconds", GRACE_SECONDS);
        Defaults.object(spec, "securityContext");
        serviceAccount(spec);
        Trees.list(spec, "volumes").forEach(VolumeDefaults::volume);
        for (String field : List.of("containers", "initContainers", "ephemeralContainers")) {
            Trees.list(spec, field).forEach(ContainerDefaults::container);
        }
    }

    /// Both names of the service account's field always say the same.
    static void serviceAccount(ObjectNode spec) {
        String name = Trees.text(spec, "serviceAccountName");
        String deprecated = Trees.text(spec, "serviceAccount");
        if (!name.isEmpty()) {
            spec.put("serviceAccount", name);
        } else if (!deprecated.isEmpty()) {
            spec.put("serviceAccountName", deprecated);
        }
    }

    private static void requestsFromLimits(ObjectNode container) {
        Trees.object(container, "resources", "limits").ifPresent(limits -> {
            ObjectNode requests = Defaults.object(Defaults.object(container, "resources"), "requests");
            limits.properties().forEach(limit -> {
                if (!Trees.has(requests, limit.getKey())) {
                    requests.set(limit.getKey(), limit.getValue());
                }
            });
        });
    }

    private static void hostPorts(ObjectNode spec) {
        for (String field : List.of("containers", "initContainers")) {
            for (ObjectNode container : Trees.list(spec, field)) {
                for (ObjectNode port : Trees.list(container, "ports")) {
                    Defaults.putNonZero(
                            port, "hostPort", port.path("containerPort").asInt(0));
                }
            }
        }
    }
}
