package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.ResourceNames;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Pods that ask for devices may go where such devices are: to nodes that are tainted with the resource's name.
final class ExtendedResourceToleration implements Admission {

    @Override
    public String name() {
        return "ExtendedResourceToleration";
    }

    @Override
    public void mutate(Attempt attempt, Registry registry) {
        boolean isWrite = attempt.operation() == Operation.CREATE || attempt.operation() == Operation.UPDATE;
        if (isWrite && Attempts.isOf(attempt, Attempts.PODS)) {
            attempt.object().ifPresent(ExtendedResourceToleration::tolerate);
        }
    }

    private static void tolerate(Resource pod) {
        var resources = new TreeSet<String>();
        for (String list : List.of("containers", "initContainers")) {
            for (ObjectNode container : Trees.list(pod.tree(), "spec", list)) {
                Trees.at(container, "resources", "requests").propertyNames().stream()
                        .filter(ResourceNames::isExtended)
                        .forEach(resources::add);
            }
        }
        resources.forEach(resource -> tolerate(pod.object("spec"), resource));
    }

    private static void tolerate(ObjectNode spec, String resource) {
        ArrayNode tolerations = spec.withArray("tolerations");
        for (int i = 0; i < tolerations.size(); i++) {
            // Of two that speak of the same, this one counts.
            boolean isSame = Trees.text(tolerations.get(i), "key").equals(resource)
                    && Trees.text(tolerations.get(i), "effect").equals("NoSchedule")
                    && Trees.text(tolerations.get(i), "operator").equals("Exists")
                    && Trees.text(tolerations.get(i), "value").isEmpty();
            if (isSame) {
                tolerations.set(i, toleration(tolerations.objectNode(), resource));
                return;
            }
        }
        tolerations.add(toleration(tolerations.objectNode(), resource));
    }

    private static ObjectNode toleration(ObjectNode empty, String resource) {
        return empty.put("key", resource).put("operator", "Exists").put("effect", "NoSchedule");
    }
}
