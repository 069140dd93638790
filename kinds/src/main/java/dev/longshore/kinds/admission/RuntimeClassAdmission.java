package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A pod of a runtime class takes over what the class says of overhead and of the nodes that have it.
final class RuntimeClassAdmission implements Admission {

    private static final String OTHER_OVERHEAD =
            "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";
    private static final GroupResource CLASSES = new GroupResource("node.k8s.io", "runtimeclasses");

    @Override
    public String name() {
        return "RuntimeClass";
    }

    @Override
    public void mutate(Attempt attempt, Registry registry) {
        Attempts.created(attempt, Attempts.PODS)
                .filter(pod -> !pod.text("spec", "runtimeClassName").isEmpty())
                .ifPresent(pod -> admit(attempt, registry, pod));
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        Attempts.created(attempt, Attempts.PODS)
                .filter(pod -> pod.find("spec", "overhead").isPresent())
                .ifPresent(pod -> {
                    String name = pod.text("spec", "runtimeClassName");
                    var defined = name.isEmpty()
                            ? Optional.<JsonNode>empty()
                            : registry.get(CLASSES, "", name).flatMap(found -> found.find("overhead", "podFixed"));
                    if (defined.isEmpty()) {
                        throw Attempts.forbidden(
                                attempt,
                                "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
                    }
                    if (!defined.equals(pod.find("spec", "overhead"))) {
                        throw Attempts.forbidden(attempt, OTHER_OVERHEAD);
                    }
                });
    }

    private static void admit(Attempt attempt, Registry registry, Resource pod) {
        String name = pod.text("spec", "runtimeClassName");
        Resource found = registry.get(CLASSES, "", name)
                .orElseThrow(
                        () -> Attempts.forbidden(attempt, "pod rejected: RuntimeClass \"" + name + "\" not found"));
        ObjectNode spec = pod.object("spec");
        found.find("overhead", "podFixed").ifPresent(overhead -> {
            if (!spec.path("overhead").isEmpty() && !spec.path("overhead").equals(overhead)) {
                throw Attempts.forbidden(attempt, OTHER_OVERHEAD);
            }
            spec.set("overhead", overhead.deepCopy());
        });
        found.texts("scheduling", "nodeSelector").forEach((key, value) -> {
            ObjectNode selector = spec.withObject("nodeSelector");
            String present = Trees.text(selector, key);
            if (!present.isEmpty() && !present.equals(value)) {
                throw Attempts.forbidden(
                        attempt,
                        "conflict: runtimeClass.scheduling.nodeSelector[" + key + "] = " + value
                                + "; pod.spec.nodeSelector[" + key + "] = " + present);
            }
            selector.put(key, value);
        });
        Trees.list(found.tree(), "scheduling", "tolerations").forEach(toleration -> {
            if (!Trees.list(spec, "tolerations").contains(toleration)) {
                spec.withArray("tolerations").add(toleration.deepCopy());
            }
        });
    }
}
