package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Quantity;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/// A namespace's limits for single containers, pods and claims: defaults for what is not said, and refusal of
/// too little and too much. The first range that is not kept to is the one that is told of, with all that it refuses.
final class LimitRanger implements Admission {

    private static final GroupResource RANGES = new GroupResource("", "limitranges");
    private static final String ANNOTATION = "kubernetes.io/limit-ranger";

    @Override
    public String name() {
        return "LimitRanger";
    }

    @Override
    public void mutate(Attempt attempt, Registry registry) {
        if (isOfPods(attempt) && isMeant(attempt)) {
            Resource pod = attempt.object().orElseThrow();
            registry.list(RANGES, attempt.namespace()).forEach(range -> fill(pod, range));
        }
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        if (!isMeant(attempt)) {
            return;
        }
        Resource object = attempt.object().orElseThrow();
        for (Resource range : registry.list(RANGES, attempt.namespace())) {
            var limits = new LimitChecks();
            for (ObjectNode item : Trees.list(range.tree(), "spec", "limits")) {
                if (isOfPods(attempt)) {
                    pod(limits, item, object);
                } else {
                    claim(limits, item, object);
                }
            }
            limits.refusal().ifPresent(detail -> {
                throw Attempts.forbidden(attempt, detail);
            });
        }
    }

    private static void pod(LimitChecks limits, ObjectNode item, Resource pod) {
        if (Trees.text(item, "type").equals("Container")) {
            for (String list : List.of("containers", "initContainers")) {
                for (ObjectNode container : Trees.list(pod.tree(), "spec", list)) {
                    limits.check(
                            item,
                            PodAmounts.of(Trees.at(container, "resources", "requests")),
                            PodAmounts.of(Trees.at(container, "resources", "limits")));
                }
            }
        } else if (Trees.text(item, "type").equals("Pod")) {
            limits.check(item, PodAmounts.asked(pod, "requests"), PodAmounts.asked(pod, "limits"));
        }
    }

    private static void claim(LimitChecks limits, ObjectNode item, Resource claim) {
        if (Trees.text(item, "type").equals("PersistentVolumeClaim")) {
            limits.checkClaim(item, PodAmounts.of(claim.at("spec", "resources", "requests")));
        }
    }

    /// New pods, and those that are resized; claims when they are written. What goes is let go.
    private static boolean isMeant(Attempt attempt) {
        boolean isGoing = attempt.old().filter(Resource::isTerminating).isPresent();
        if (isGoing || attempt.object().isEmpty()) {
            return false;
        }
        boolean isWhole = attempt.subresource().isEmpty();
        return switch (attempt.operation()) {
            case CREATE -> isWhole && (isOfPods(attempt) || attempt.resource().equals(Attempts.CLAIMS));
            case UPDATE ->
                isOfPods(attempt)
                        ? attempt.subresource().equals("resize")
                        : isWhole && attempt.resource().equals(Attempts.CLAIMS);
            case DELETE, CONNECT -> false;
        };
    }

    private static boolean isOfPods(Attempt attempt) {
        return attempt.resource().equals(Attempts.PODS);
    }

    private static void fill(Resource pod, Resource range) {
        var limits = new TreeMap<String, Quantity>();
        var requests = new TreeMap<String, Quantity>();
        for (ObjectNode item : Trees.list(range.tree(), "spec", "limits")) {
            if (Trees.text(item, "type").equals("Container")) {
                limits.putAll(PodAmounts.of(item.path("default")));
                requests.putAll(PodAmounts.of(item.path("defaultRequest")));
            }
        }
        var told = new ArrayList<String>();
        for (ObjectNode container : Trees.list(pod.tree(), "spec", "containers")) {
            fill(container, "container", requests, limits, told);
        }
        for (ObjectNode container : Trees.list(pod.tree(), "spec", "initContainers")) {
            fill(container, "init container", requests, limits, told);
        }
        if (!told.isEmpty()) {
            pod.metadata()
                    .withObject("annotations")
                    .put(ANNOTATION, "LimitRanger plugin set: " + String.join("; ", told));
        }
    }

    private static void fill(
            ObjectNode container,
            String what,
            Map<String, Quantity> requests,
            Map<String, Quantity> limits,
            List<String> told) {
        String of = what + " " + Trees.text(container, "name");
        List<String> ownLimits = fill(container, "limits", limits);
        List<String> ownRequests = fill(container, "requests", requests);
        if (!ownRequests.isEmpty()) {
            told.add(String.join(", ", ownRequests) + " request for " + of);
        }
        if (!ownLimits.isEmpty()) {
            told.add(String.join(", ", ownLimits) + " limit for " + of);
        }
    }

    /// Returns what was not said.
    private static List<String> fill(ObjectNode container, String list, Map<String, Quantity> defaults) {
        var missing = new TreeSet<>(defaults.keySet());
        missing.removeIf(name -> Trees.has(container, "resources", list, name));
        missing.forEach(name -> container
                .withObject("resources")
                .withObject(list)
                .put(name, defaults.get(name).toString()));
        return List.copyOf(missing);
    }
}
