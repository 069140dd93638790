package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Turns the name of a pod's priority into the number; keeps several classes from being the one for all.
final class PriorityAdmission implements Admission {

    private static final GroupResource CLASSES = new GroupResource("scheduling.k8s.io", "priorityclasses");

    @Override
    public String name() {
        return "Priority";
    }

    @Override
    public void mutate(Attempt attempt, Registry registry) {
        Attempts.created(attempt, Attempts.PODS).ifPresent(pod -> admit(attempt, registry, pod));
        if (attempt.operation() == Operation.UPDATE && Attempts.isOf(attempt, Attempts.PODS)) {
            attempt.object().ifPresent(pod -> attempt.old().ifPresent(old -> keep(pod, old)));
        }
    }

    /// One class at most is for pods that name none.
    @Override
    public void validate(Attempt attempt, Registry registry) {
        boolean isNew = attempt.operation() == Operation.CREATE;
        if (!Attempts.isOf(attempt, CLASSES) || !isNew && attempt.operation() != Operation.UPDATE) {
            return;
        }
        attempt.object()
                .filter(object -> Trees.flag(object.tree(), "globalDefault"))
                .flatMap(object ->
                        standard(registry).map(Resource::name).filter(name -> isNew || !name.equals(object.name())))
                .ifPresent(name -> {
                    throw Attempts.forbidden(
                            attempt,
                            "PriorityClass " + name + " is already marked as default. Only one default can exist");
                });
    }

    /// Who does not know of them does not take them away.
    private static void keep(Resource pod, Resource old) {
        for (String field : List.of("priority", "preemptionPolicy")) {
            if (!Trees.has(pod.tree(), "spec", field) && Trees.has(old.tree(), "spec", field)) {
                pod.object("spec").set(field, old.at("spec", field));
            }
        }
    }

    private static void admit(Attempt attempt, Registry registry, Resource pod) {
        ObjectNode spec = pod.object("spec");
        String name = Trees.text(spec, "priorityClassName");
        Optional<Resource> found = name.isEmpty() ? standard(registry) : registry.get(CLASSES, "", name);
        if (found.isEmpty() && !name.isEmpty()) {
            throw Attempts.forbidden(attempt, "no PriorityClass with name " + name + " was found");
        }
        long priority =
                found.map(object -> Trees.number(object.tree(), 0, "value")).orElse(0L);
        if (Trees.has(spec, "priority") && Trees.number(spec, 0, "priority") != priority) {
            throw Attempts.forbidden(
                    attempt,
                    "the integer value of priority (" + Trees.number(spec, 0, "priority")
                            + ") must not be provided in pod spec; priority admission controller computed " + priority
                            + " from the given PriorityClass name");
        }
        found.ifPresent(object -> spec.put("priorityClassName", object.name()));
        spec.put("priority", priority);
        policy(attempt, spec, found);
    }

    private static void policy(Attempt attempt, ObjectNode spec, Optional<Resource> found) {
        String policy = found.map(object -> object.text("preemptionPolicy")).orElse("PreemptLowerPriority");
        if (policy.isEmpty()) {
            return;
        }
        String said = Trees.text(spec, "preemptionPolicy");
        if (!said.isEmpty() && !said.equals(policy)) {
            throw Attempts.forbidden(
                    attempt,
                    "the string value of PreemptionPolicy (" + said
                            + ") must not be provided in pod spec; priority admission controller computed " + policy
                            + " from the given PriorityClass name");
        }
        spec.put("preemptionPolicy", policy);
    }

    /// Of several global defaults, which should not be, the lowest counts.
    private static Optional<Resource> standard(Registry registry) {
        return registry.list(CLASSES, "").stream()
                .filter(object -> Trees.flag(object.tree(), "globalDefault"))
                .min(Comparator.comparingLong(object -> Trees.number(object.tree(), 0, "value")));
    }
}
