package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.IpChecks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.ResourceChecks;
import dev.longshore.model.Cause;
import dev.longshore.model.MetadataRules;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What nodes must be like, and what of them may not change.
final class NodeChecks {

    private static final String CIDRS = "spec.podCIDRs";

    private NodeChecks() {}

    static void created(Checks checks, ObjectNode node) {
        taints(checks, node);
        amounts(checks, node);
        List<String> blocks = Trees.strings(node, "spec", "podCIDRs");
        int before = checks.count();
        for (int i = 0; i < blocks.size(); i++) {
            checks.legacyBlock(CIDRS + "[" + i + "]", blocks.get(i));
        }
        boolean areValid = checks.count() == before;
        if (areValid && blocks.size() > 1 && (blocks.size() > 2 || !IpChecks.isDualStack(blocks))) {
            checks.invalid(
                    CIDRS, Trees.at(node, "spec", "podCIDRs"), "may specify no more than one CIDR for each IP family");
        }
        var seen = new HashSet<String>();
        for (int i = 0; i < blocks.size(); i++) {
            checks.unique(CIDRS + "[" + i + "]", blocks.get(i), seen);
        }
    }

    static void changed(Checks checks, ObjectNode node, ObjectNode old) {
        amounts(checks, node);
        var seen = new HashSet<ObjectNode>();
        Trees.each(node.path("status"), "status", "addresses", (at, address) -> {
            if (!seen.add(address)) {
                checks.duplicateOf(at, address);
            }
        });
        if (!Trees.at(old, "spec", "podCIDRs").isEmpty() && !Trees.same(node, old, "spec", "podCIDRs")) {
            checks.forbidden(CIDRS, "node updates may not change podCIDR except from \"\" to valid");
        }
        String provider = Trees.text(old, "spec", "providerID");
        if (!provider.isEmpty() && !provider.equals(Trees.text(node, "spec", "providerID"))) {
            checks.forbidden("spec.providerID", "node updates may not change providerID except from \"\" to valid");
        }
        taints(checks, node);
        if (!Trees.text(node, "spec", "externalID").equals(Trees.text(old, "spec", "externalID"))) {
            checks.forbidden("spec.externalID", "may not be updated");
        }
    }

    private static void taints(Checks checks, ObjectNode node) {
        var seen = new HashSet<String>();
        // The path of taints is that of the annotation which they were once.
        Trees.each(node.path("spec"), "metadata", "taints", (at, taint) -> {
            String key = Trees.text(taint, "key");
            String effect = Trees.text(taint, "effect");
            Selectors.checkKey(checks, at + ".key", key);
            List<String> faults = MetadataRules.labelValue(Trees.text(taint, "value"));
            if (!faults.isEmpty()) {
                checks.invalid(at + ".value", Trees.text(taint, "value"), String.join(";", faults));
            }
            checks.requiredAnyOf(at + ".effect", effect, "NoSchedule", "PreferNoSchedule", "NoExecute");
            if (!seen.add(effect + " " + key)) {
                String message = Cause.duplicate(at, taint.toString()).message();
                checks.add(new Cause(
                        "FieldValueDuplicate", at, message + ": taints must be unique by key and effect pair"));
            }
        });
    }

    private static void amounts(Checks checks, ObjectNode node) {
        for (String map : List.of("capacity", "allocatable")) {
            Trees.at(node, "status", map)
                    .properties()
                    .forEach(amount -> ResourceChecks.amount(
                            checks, "status." + map + "." + amount.getKey(), amount.getValue(), amount.getKey()));
        }
    }

    static List<String> warnings(Resource node) {
        var warnings = new ArrayList<String>();
        if (node.find("spec", "configSource").isPresent()) {
            warnings.add("spec.configSource: the feature is removed");
        }
        if (!node.text("spec", "externalID").isEmpty()) {
            warnings.add("spec.externalID: this field is deprecated, and is unused");
        }
        return warnings;
    }
}
