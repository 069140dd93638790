package dev.longshore.kinds.policy;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Conditions;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/// Pods that are placed together or not at all, and what they are made after.
final class GangKinds {

    private static final String GROUP = "scheduling.k8s.io/v1alpha2";
    private static final int MAX_TEMPLATES = 8;
    private static final String TEMPLATES = "spec.podGroupTemplates";

    /// In the order in which the original has them.
    private static final List<String> GATED =
            List.of("schedulingConstraints", "resourceClaims", "disruptionMode", "priorityClassName", "priority");

    private GangKinds() {}

    static ResourceDefinition groups(KindsContext context) {
        return KindBuilder.kind(context, GROUP, "PodGroup", "podgroups")
                .status()
                .statusNeverOwns("metadata", "spec")
                .prepares((group, old) -> Trees.object(group, "spec").ifPresent(spec -> drop(spec, old.path("spec"))))
                .keepsInStatus(GangKinds::dropClaims)
                .newChecks((checks, object) -> {
                    JsonNode spec = object.path("spec");
                    reference(checks, spec.path("podGroupTemplateRef"));
                    policy(checks, "spec.schedulingPolicy", spec.path("schedulingPolicy"));
                })
                .changeChecks((checks, object, old) -> change(checks, object.path("spec"), old.path("spec")))
                .statusChecks((checks, object, old) -> {
                    Conditions.check(checks, "status.conditions", Trees.at(object, "status", "conditions"));
                    claimStatuses(checks, object);
                })
                .build();
    }

    static ResourceDefinition workloads(KindsContext context) {
        return KindBuilder.kind(context, GROUP, "Workload", "workloads")
                .prepares(GangKinds::dropInTemplates)
                .newChecks(GangKinds::workload)
                .changeChecks((checks, object, old) -> {
                    immutable(checks, "controllerRef", object.path("spec"), old.path("spec"));
                    immutable(checks, "podGroupTemplates", object.path("spec"), old.path("spec"));
                    templateCount(checks, object, old);
                })
                .build();
    }

    /// What belongs to features that 1.36 has off goes, but for objects that have it already.
    private static void drop(ObjectNode template, JsonNode old) {
        GATED.stream().filter(field -> !isUsed(old, field)).forEach(template::remove);
    }

    private static boolean isUsed(JsonNode template, String field) {
        JsonNode value = template.path(field);
        return switch (field) {
            case "resourceClaims" -> !value.isEmpty();
            case "priorityClassName" -> !value.asString("").isEmpty();
            default -> !value.isMissingNode() && !value.isNull();
        };
    }

    private static void dropInTemplates(ObjectNode workload, JsonNode old) {
        List<ObjectNode> templates = Trees.list(workload, "spec", "podGroupTemplates");
        for (int i = 0; i < templates.size(); i++) {
            drop(templates.get(i), Trees.at(old, "spec", "podGroupTemplates").path(i));
        }
    }

    private static void dropClaims(ObjectNode group, ObjectNode old) {
        if (!isUsed(old.path("spec"), "resourceClaims")) {
            Trees.object(group, "status").ifPresent(status -> status.remove("resourceClaimStatuses"));
        }
    }

    private static void claimStatuses(Checks checks, ObjectNode group) {
        List<String> known = Trees.list(group, "spec", "resourceClaims").stream()
                .map(claim -> Trees.text(claim, "name"))
                .toList();
        int index = 0;
        for (ObjectNode status : Trees.list(group, "status", "resourceClaimStatuses")) {
            String path = "status.resourceClaimStatuses[" + index++ + "].name";
            String name = Trees.text(status, "name");
            if (!known.contains(name)) {
                checks.invalid(path, name, "must match the name of an entry in `spec.resourceClaims`");
            }
        }
    }

    private static void change(Checks checks, JsonNode spec, JsonNode old) {
        for (String field : List.of("podGroupTemplateRef", "schedulingPolicy")) {
            immutable(checks, field, spec, old);
        }
        for (String field : GATED) {
            if (field.equals("resourceClaims")) {
                immutable(checks, field, spec, old);
            } else if (isUsed(spec, field) && !Trees.same(spec, old, field)) {
                checks.forbidden("spec." + field, "");
            }
        }
    }

    /// Rules that are tags on the original's types do not show what came.
    private static void immutable(Checks checks, String field, JsonNode spec, JsonNode old) {
        if (!Trees.same(spec, old, field)) {
            checks.invalid("spec." + field, NullNode.getInstance(), Checks.IMMUTABLE);
        }
    }

    private static void templateCount(Checks checks, ObjectNode workload, ObjectNode old) {
        if (!Trees.same(workload, old, "spec", "podGroupTemplates")) {
            countTemplates(checks, Trees.list(workload, "spec", "podGroupTemplates"));
        }
    }

    private static boolean countTemplates(Checks checks, List<ObjectNode> templates) {
        if (templates.isEmpty()) {
            checks.required(TEMPLATES);
        }
        return checks.tooMany(TEMPLATES, templates.size(), MAX_TEMPLATES);
    }

    private static void reference(Checks checks, JsonNode reference) {
        if (reference.isMissingNode()) {
            return;
        }
        String path = "spec.podGroupTemplateRef";
        if (!Trees.has(reference, "workload")) {
            checks.invalid(path, "", "must specify one of: `workload`");
            return;
        }
        JsonNode workload = reference.path("workload");
        checks.requiredName(
                path + ".workload.workloadName", Trees.text(workload, "workloadName"), NameRule.DNS_SUBDOMAIN);
        checks.requiredName(
                path + ".workload.podGroupTemplateName",
                Trees.text(workload, "podGroupTemplateName"),
                NameRule.DNS_LABEL);
    }

    private static void workload(Checks checks, ObjectNode object) {
        JsonNode controller = Trees.at(object, "spec", "controllerRef");
        if (Trees.has(object, "spec", "controllerRef")) {
            String group = Trees.text(controller, "apiGroup");
            if (!group.isEmpty()) {
                checks.name("spec.controllerRef.apiGroup", group, NameRule.DNS_SUBDOMAIN);
            }
            for (String field : List.of("kind", "name")) {
                checks.requiredName(
                        "spec.controllerRef." + field, Trees.text(controller, field), NameRule.PATH_SEGMENT);
            }
        }
        List<ObjectNode> templates = Trees.list(object, "spec", "podGroupTemplates");
        if (countTemplates(checks, templates)) {
            return;
        }
        unique(checks, templates);
        for (int i = 0; i < templates.size(); i++) {
            String at = TEMPLATES + "[" + i + "]";
            checks.requiredName(at + ".name", Trees.text(templates.get(i), "name"), NameRule.DNS_LABEL);
            policy(checks, at + ".schedulingPolicy", templates.get(i).path("schedulingPolicy"));
        }
    }

    private static void policy(Checks checks, String path, JsonNode policy) {
        var set = new ArrayList<String>();
        for (String field : List.of("basic", "gang")) {
            if (Trees.has(policy, field)) {
                set.add(field);
            }
        }
        if (set.isEmpty()) {
            checks.invalid(path, "", "must specify one of: `basic`, `gang`");
        } else if (set.size() > 1) {
            checks.invalid(path, "{" + String.join(", ", set) + "}", "must specify exactly one of: `basic`, `gang`");
        }
        if (set.contains("gang")) {
            long count = Trees.number(policy, 0, "gang", "minCount");
            if (count == 0) {
                checks.required(path + ".gang.minCount");
            } else if (count < 0) {
                checks.invalid(path + ".gang.minCount", count, "must be greater than or equal to 1");
            }
        }
    }

    /// Names that stand twice are told before anything else about the elements.
    private static void unique(Checks checks, List<ObjectNode> templates) {
        var names = new HashSet<String>();
        for (int i = 0; i < templates.size(); i++) {
            if (!names.add(Trees.text(templates.get(i), "name"))) {
                checks.duplicateOf(TEMPLATES + "[" + i + "]", templates.get(i));
            }
        }
    }
}
