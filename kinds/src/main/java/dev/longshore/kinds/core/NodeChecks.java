package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.InnerTypes;
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
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What nodes must be like, and what of them may not change.
final class NodeChecks {

    private static final String CIDRS = "spec.podCIDRs";

    private static final int MAX_FEATURE = 253;
    private static final Pattern FEATURE = Pattern.compile("[A-Z][a-zA-Z0-9]*(/[a-zA-Z][a-zA-Z0-9]*)*");

    private NodeChecks() {}

    /// Checks every node that is written other than through its status.
    static void every(Checks checks, ObjectNode node) {
        taints(checks, node);
        amounts(checks, node);
        JsonNode swap = Trees.at(node, "status", "nodeInfo", "swap", "capacity");
        if (swap.isNumber() && swap.asLong() <= 0) {
            // The original spells the path so.
            checks.invalid("metadata.nodeSwapStatus.capacity", swap.asLong(), "must be greater than zero");
        }
        features(checks, node);
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
    }

    private static void features(Checks checks, ObjectNode node) {
        List<String> features = Trees.strings(node, "status", "declaredFeatures");
        for (int i = 0; i < features.size(); i++) {
            String name = features.get(i);
            if (name.length() > MAX_FEATURE) {
                checks.invalid(
                        feature(i),
                        name,
                        "invalid feature name \"" + name + "\": must be no more than " + MAX_FEATURE + " characters");
            } else if (!FEATURE.matcher(name).matches()) {
                checks.invalid(
                        feature(i),
                        name,
                        "invalid feature name \"" + name + "\": must start with an UpperCamelCase segment, with"
                                + " subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature),"
                                + " and contain only alphanumeric characters and slashes");
            }
            String next = i + 1 < features.size() ? features.get(i + 1) : null;
            if (name.equals(next)) {
                checks.duplicate(feature(i + 1), next);
            } else if (next != null && name.compareTo(next) > 0) {
                checks.invalid(feature(i + 1), next, "list must be sorted alphabetically");
            }
        }
    }

    private static String feature(int index) {
        return "status.declaredFeatures[" + index + "]";
    }

    /// Says in which blocks of addresses a node's pods are: this is said once.
    private static void blocks(Checks checks, ObjectNode node, ObjectNode old) {
        List<String> before = Trees.strings(old, "spec", "podCIDRs");
        List<String> now = Trees.strings(node, "spec", "podCIDRs");
        long different = before.size() == now.size()
                ? IntStream.range(0, now.size())
                        .filter(i -> !before.get(i).equals(now.get(i)))
                        .count()
                : Math.min(before.size(), 1);
        for (int i = 0; i < different; i++) {
            checks.forbidden(CIDRS, "node updates may not change podCIDR except from \"\" to valid");
        }
    }

    static void changed(Checks checks, ObjectNode node, ObjectNode old) {
        amounts(checks, node);
        features(checks, node);
        var seen = new HashSet<ObjectNode>();
        Trees.each(node.path("status"), "status", "addresses", (at, address) -> {
            if (!seen.add(address)) {
                checks.duplicateOf(at, InnerTypes.of("NodeAddress", address));
            }
        });
        blocks(checks, node, old);
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
                String message = Cause.duplicate(
                                at, InnerTypes.of("Taint", taint).toString())
                        .message();
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

    /// The feature is gone: only who has the field keeps it.
    static void dropSource(ObjectNode node, JsonNode old) {
        if (!Trees.has(old, "spec", "configSource")) {
            Trees.object(node, "spec").ifPresent(spec -> spec.remove("configSource"));
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
