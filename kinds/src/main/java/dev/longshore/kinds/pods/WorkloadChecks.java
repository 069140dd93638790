package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What objects must be like that make pods from a template and keep those that their selector picks.
public final class WorkloadChecks {

    private WorkloadChecks() {}

    /// Checks selector and template of what keeps a number of pods running.
    public static void replicas(Checks checks, ObjectNode object) {
        JsonNode template = Trees.at(object, "spec", "template");
        JsonNode selector = Trees.at(object, "spec", "selector");
        if (selector(checks, selector, "deployment")) {
            PodChecks.template(checks, "spec.template", template, selector);
            lasting(checks, template, "ReplicaSet");
        } else {
            checks.invalid("spec.selector", InnerTypes.selector(selector), "invalid label selector");
        }
    }

    /// Checks that a selector stays as it is.
    public static void sameSelector(Checks checks, ObjectNode object, ObjectNode old) {
        if (!Trees.same(object, old, "spec", "selector")) {
            checks.invalid(
                    "spec.selector", InnerTypes.selector(Trees.at(object, "spec", "selector")), Checks.IMMUTABLE);
        }
    }

    /// Checks a selector; false if it is such that nothing can be picked by it, as it cannot be read.
    public static boolean selector(Checks checks, JsonNode selector, String kind) {
        if (!selector.isObject()) {
            checks.required("spec.selector");
            return true;
        }
        int before = checks.count();
        Selectors.checkOrKept(checks, "spec.selector", selector);
        boolean isReadable = checks.count() == before;
        if (Selectors.isEmpty(selector)) {
            checks.invalid("spec.selector", InnerTypes.selector(selector), "empty selector is invalid for " + kind);
        }
        return isReadable;
    }

    /// Pods that are kept running always restart, and have no deadline.
    public static void lasting(Checks checks, JsonNode template, String kind) {
        String restart = Trees.text(template, "spec", "restartPolicy");
        if (!restart.equals("Always")) {
            checks.unsupported("spec.template.spec.restartPolicy", restart, "Always");
        }
        if (Trees.has(template, "spec", "activeDeadlineSeconds")) {
            checks.forbidden(
                    "spec.template.spec.activeDeadlineSeconds",
                    "activeDeadlineSeconds in " + kind + " is not Supported");
        }
    }

    /// Checks that the numbers in `fields` of `part`, spec or status, are not negative.
    public static void counts(Checks checks, ObjectNode object, String part, String... fields) {
        for (String field : fields) {
            checks.nonNegative(part + "." + field, Trees.at(object, part, field));
        }
    }

    /// Checks that none of the status' `fields` is more than there are replicas, and no more are available than
    /// ready.
    public static void partsOfAll(Checks checks, ObjectNode object, List<String> fields, String ready) {
        JsonNode status = object.path("status");
        long all = Trees.number(status, 0, "replicas");
        for (String field : fields) {
            long part = Trees.number(status, 0, field);
            if (part > all) {
                checks.invalid("status." + field, part, "cannot be greater than status.replicas");
            }
        }
        long available = Trees.number(status, 0, "availableReplicas");
        if (available > Trees.number(status, 0, "readyReplicas")) {
            checks.invalid("status.availableReplicas", available, "cannot be greater than " + ready);
        }
    }

    /// The count of collisions never goes back.
    public static void collisions(Checks checks, ObjectNode object, ObjectNode old) {
        JsonNode before = Trees.at(old, "status", "collisionCount");
        long now = Trees.number(object, 0, "status", "collisionCount");
        if (before.isNumber() && (!Trees.has(object, "status", "collisionCount") || now < before.asLong())) {
            checks.invalid("status.collisionCount", now, "cannot be decremented");
        }
    }
}
