package dev.longshore.kubelet.pods;

import dev.longshore.base.Json;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/// What events about a resize say: a few words, and as JSON what is asked for.
final class ResizeWords {

    private ResizeWords() {}

    static String of(String what, Pod pod, long generation, String error) {
        ObjectNode summary = Json.object();
        containers(summary, "initContainers", pod.getSpec().getInitContainers());
        containers(summary, "containers", pod.getSpec().getContainers());
        summary.put("generation", generation);
        if (!error.isEmpty()) {
            summary.put("error", error);
        }
        return what + ": " + summary;
    }

    private static void containers(ObjectNode summary, String name, List<Container> containers) {
        if (containers.isEmpty()) {
            return;
        }
        var list = summary.putArray(name);
        for (Container container : containers) {
            ObjectNode one = list.addObject().put("name", container.getName());
            ObjectNode resources = one.putObject("resources");
            if (container.getResources() != null) {
                amounts(resources, "limits", container.getResources().getLimits());
                amounts(resources, "requests", container.getResources().getRequests());
            }
        }
    }

    private static void amounts(ObjectNode resources, String name, Map<String, Quantity> amounts) {
        if (amounts != null && !amounts.isEmpty()) {
            ObjectNode all = resources.putObject(name);
            new TreeMap<>(amounts).forEach((resource, amount) -> all.put(resource, amount.toString()));
        }
    }
}
