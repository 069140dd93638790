package dev.longshore.kinds.policy;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Conditions;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Pods that are placed together or not at all, and what they are made after.
final class GangKinds {

    private static final String GROUP = "scheduling.k8s.io/v1alpha2";
    private static final int MAX_TEMPLATES = 8;
    private static final int MAX_CLAIMS = 4;
    private static final int MAX_TOPOLOGY = 1;
    private static final long HIGHEST = 1_000_000_000;

    private GangKinds() {}

    static ResourceDefinition groups(KindsContext context) {
        return KindBuilder.kind(context, GROUP, "PodGroup", "podgroups")
                .status()
                .newChecks((checks, object) -> {
                    JsonNode spec = object.path("spec");
                    template(checks, "spec", spec);
                    reference(checks, spec.path("podGroupTemplateRef"));
                })
                .changeChecks((checks, object, old) -> checks.unchanged("spec", object, old, "spec"))
                .statusChecks((checks, object, old) ->
                        Conditions.check(checks, "status.conditions", Trees.at(object, "status", "conditions")))
                .build();
    }

    static ResourceDefinition workloads(KindsContext context) {
        return KindBuilder.kind(context, GROUP, "Workload", "workloads")
                .newChecks(GangKinds::workload)
                .changeChecks((checks, object, old) -> {
                    checks.unchanged("spec.podGroupTemplates", object, old, "spec", "podGroupTemplates");
                    if (Trees.has(old, "spec", "controllerRef")) {
                        checks.unchanged("spec.controllerRef", object, old, "spec", "controllerRef");
                    }
                })
                .build();
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
        String path = "spec.podGroupTemplates";
        if (templates.isEmpty()) {
            checks.required(path);
        }
        if (checks.tooMany(path, templates.size(), MAX_TEMPLATES)) {
            return;
        }
        unique(checks, path, templates);
        for (int i = 0; i < templates.size(); i++) {
            String at = path + "[" + i + "]";
            checks.requiredName(at + ".name", Trees.text(templates.get(i), "name"), NameRule.DNS_LABEL);
            template(checks, at, templates.get(i));
        }
    }

    private static void template(Checks checks, String path, JsonNode template) {
        policy(checks, path + ".schedulingPolicy", template.path("schedulingPolicy"));
        List<ObjectNode> topology = Trees.list(template, "schedulingConstraints", "topology");
        String at = path + ".schedulingConstraints.topology";
        if (!checks.tooMany(at, topology.size(), MAX_TOPOLOGY)) {
            for (int i = 0; i < topology.size(); i++) {
                String key = Trees.text(topology.get(i), "key");
                if (checks.requiredText(at + "[" + i + "].key", key)) {
                    Selectors.checkKey(checks, at + "[" + i + "].key", key);
                }
            }
        }
        checks.oneOf(path + ".disruptionMode", Trees.text(template, "disruptionMode"), "Pod", "PodGroup");
        String priority = Trees.text(template, "priorityClassName");
        if (!priority.isEmpty()) {
            checks.name(path + ".priorityClassName", priority, NameRule.DNS_SUBDOMAIN);
        }
        long value = Trees.number(template, 0, "priority");
        if (value > HIGHEST) {
            checks.invalid(path + ".priority", value, "must be less than or equal to " + HIGHEST);
        }
        claims(checks, path + ".resourceClaims", Trees.list(template, "resourceClaims"));
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

    private static void claims(Checks checks, String path, List<ObjectNode> claims) {
        if (checks.tooMany(path, claims.size(), MAX_CLAIMS)) {
            return;
        }
        unique(checks, path, claims);
        for (int i = 0; i < claims.size(); i++) {
            claim(checks, path + "[" + i + "]", claims.get(i));
        }
    }

    /// Names that stand twice are told before anything else about the elements.
    private static void unique(Checks checks, String path, List<ObjectNode> elements) {
        var names = new HashSet<String>();
        for (int i = 0; i < elements.size(); i++) {
            if (!names.add(Trees.text(elements.get(i), "name"))) {
                checks.duplicateOf(path + "[" + i + "]", elements.get(i));
            }
        }
    }

    /// That it is one of two is told before what is wrong with its fields.
    private static void claim(Checks checks, String at, ObjectNode claim) {
        List<String> sources = List.of("resourceClaimName", "resourceClaimTemplateName").stream()
                .filter(field -> Trees.has(claim, field))
                .toList();
        if (sources.isEmpty()) {
            checks.invalid(at, "", "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
        } else if (sources.size() > 1) {
            checks.invalid(
                    at,
                    "{resourceClaimName, resourceClaimTemplateName}",
                    "must specify exactly one of: `resourceClaimName`, `resourceClaimTemplateName`");
        }
        checks.requiredName(at + ".name", Trees.text(claim, "name"), NameRule.DNS_LABEL);
        for (String field : sources) {
            checks.name(at + "." + field, Trees.text(claim, field), NameRule.DNS_SUBDOMAIN);
        }
    }
}
