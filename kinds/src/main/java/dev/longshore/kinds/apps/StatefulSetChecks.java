package dev.longshore.kinds.apps;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.TreeDiff;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.ClaimChecks;
import dev.longshore.kinds.pods.PodChecks;
import dev.longshore.kinds.pods.PodWarnings;
import dev.longshore.kinds.pods.VolumeWarnings;
import dev.longshore.kinds.pods.WorkloadChecks;
import dev.longshore.kinds.pods.Workloads;
import dev.longshore.model.NameRule;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What stateful sets must be like.
final class StatefulSetChecks {

    private static final List<String> MUTABLE = List.of(
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds");

    private StatefulSetChecks() {}

    static void check(Checks checks, ObjectNode set) {
        JsonNode spec = set.path("spec");
        String management = Trees.text(spec, "podManagementPolicy");
        if (management.isEmpty()) {
            checks.required("spec.podManagementPolicy");
        } else if (!management.equals("OrderedReady") && !management.equals("Parallel")) {
            checks.invalid("spec.podManagementPolicy", management, "must be 'OrderedReady' or 'Parallel'");
        }
        strategy(checks, spec.path("updateStrategy"));
        JsonNode retention = spec.path("persistentVolumeClaimRetentionPolicy");
        for (String field : List.of("whenDeleted", "whenScaled")) {
            String policy = Trees.text(retention, field);
            if (retention.isObject() && !policy.equals("Retain") && !policy.equals("Delete")) {
                checks.unsupported("spec.persistentVolumeClaimRetentionPolicy." + field, policy, "Retain", "Delete");
            }
        }
        WorkloadChecks.counts(checks, set, "spec", "replicas", "minReadySeconds");
        checks.nonNegative("spec.ordinals.start", Trees.at(spec, "ordinals", "start"));
        String service = Trees.text(spec, "serviceName");
        if (!service.isEmpty()) {
            checks.name("spec.serviceName", service, NameRule.DNS_LABEL);
        }
        template(checks, set, spec.path("selector"));
        Trees.each(
                spec,
                "spec",
                "volumeClaimTemplates",
                (at, claim) -> ClaimChecks.spec(checks, at + ".spec", claim.path("spec")));
    }

    private static void strategy(Checks checks, JsonNode strategy) {
        String path = "spec.updateStrategy";
        JsonNode rolling = strategy.path("rollingUpdate");
        switch (Trees.text(strategy, "type")) {
            case "" -> checks.required(path);
            case "OnDelete" -> {
                if (rolling.isObject()) {
                    checks.invalid(
                            path + ".rollingUpdate",
                            InnerTypes.of("RollingUpdateStatefulSetStrategy", rolling),
                            "only allowed for updateStrategy 'RollingUpdate'");
                }
            }
            case "RollingUpdate" -> {
                checks.nonNegative(path + ".rollingUpdate.partition", rolling.path("partition"));
                JsonNode unavailable = rolling.path("maxUnavailable");
                if (Trees.has(rolling, "maxUnavailable")) {
                    String at = path + ".rollingUpdate.maxUnavailable";
                    Workloads.countOrPercent(checks, at, unavailable);
                    if (Workloads.isZero(unavailable)) {
                        checks.invalid(at, unavailable, "cannot be 0");
                    }
                    Workloads.notMoreThanAll(checks, at, unavailable);
                }
            }
            default ->
                checks.invalid(
                        path,
                        InnerTypes.of("StatefulSetUpdateStrategy", strategy),
                        "must be 'RollingUpdate' or 'OnDelete'");
        }
    }

    private static void template(Checks checks, ObjectNode set, JsonNode selector) {
        JsonNode template = Trees.at(set, "spec", "template");
        if (WorkloadChecks.selector(checks, selector, "statefulset")) {
            PodChecks.template(checks, "spec.template", withClaims(set, template), selector);
        } else {
            checks.invalid("spec.selector", selector, "");
        }
        WorkloadChecks.lasting(checks, template, "StatefulSet");
    }

    /// The template as its pods will be: with a volume for each claim.
    private static JsonNode withClaims(ObjectNode set, JsonNode template) {
        List<ObjectNode> claims = Trees.list(set, "spec", "volumeClaimTemplates");
        if (claims.isEmpty()) {
            return template;
        }
        ObjectNode whole = template instanceof ObjectNode object ? object.deepCopy() : Json.object();
        ObjectNode spec = Defaults.object(whole, "spec");
        for (ObjectNode claim : claims) {
            String name = Trees.text(claim, "metadata", "name");
            boolean isThere = Trees.list(spec, "volumes").stream()
                    .anyMatch(volume -> Trees.text(volume, "name").equals(name));
            if (!isThere) {
                ObjectNode volume = spec.withArray("volumes").addObject().put("name", name);
                volume.putObject("persistentVolumeClaim").put("claimName", name);
            }
        }
        return whole;
    }

    static void change(Checks checks, ObjectNode set, ObjectNode old) {
        ObjectNode now = Defaults.object(set.deepCopy(), "spec");
        ObjectNode before = Defaults.object(old.deepCopy(), "spec");
        now.remove(MUTABLE);
        before.remove(MUTABLE);
        if (!TreeDiff.of(Trees.pruned(before), Trees.pruned(now)).isEmpty()) {
            checks.forbidden(
                    "spec",
                    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template',"
                            + " 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and"
                            + " 'minReadySeconds' are forbidden");
        }
    }

    static void status(Checks checks, ObjectNode set, ObjectNode old) {
        WorkloadChecks.counts(
                checks,
                set,
                "status",
                "replicas",
                "readyReplicas",
                "currentReplicas",
                "updatedReplicas",
                "availableReplicas",
                "observedGeneration",
                "collisionCount");
        WorkloadChecks.partsOfAll(
                checks,
                set,
                List.of("readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"),
                "status.readyReplicas");
        WorkloadChecks.collisions(checks, set, old);
    }

    static List<String> warnings(Resource set) {
        var warnings = new ArrayList<>(PodWarnings.ofOwner(set.tree(), "spec.template", set.at("spec", "template")));
        Trees.each(
                set.object("spec"),
                "spec",
                "volumeClaimTemplates",
                (at, claim) -> VolumeWarnings.claim(warnings, at, claim.path("spec")));
        if (Trees.number(set.tree(), 0, "spec", "revisionHistoryLimit") < 0) {
            warnings.add("spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0"
                    + " is recommended");
        }
        return warnings;
    }
}
