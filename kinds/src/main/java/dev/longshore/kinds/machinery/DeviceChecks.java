package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.NodeSelectorChecks;
import dev.longshore.model.NameRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/// What a driver may not say of one device. Capacities and taints are judged only where they are new.
final class DeviceChecks {

    private static final int MAX_CONSUMED = 2;
    private static final int MAX_COUNTERS = 32;
    private static final int MAX_TAINTS = 16;
    private static final int MAX_CONDITIONS = 4;
    private static final int MAX_PROPERTIES = 32;

    private DeviceChecks() {}

    static void check(Checks checks, String path, ObjectNode device, Optional<ObjectNode> old, boolean choosesNodes) {
        checks.name(path + ".name", Trees.text(device, "name"), NameRule.DNS_LABEL);
        long properties = (long) device.path("attributes").size()
                + device.path("capacity").size();
        if (properties > MAX_PROPERTIES) {
            checks.invalid(
                    path,
                    properties,
                    "the total number of attributes and capacities must not exceed " + MAX_PROPERTIES);
        }
        device.path("attributes").properties().forEach(attribute -> {
            DeviceNames.qualified(checks, path + ".attributes", attribute.getKey());
            AttributeChecks.check(
                    checks,
                    path + ".attributes[" + DeviceNames.shownKey(attribute.getKey()) + "]",
                    attribute.getValue());
        });
        if (isNew(device, old, "capacity")) {
            capacities(checks, path + ".capacity", device);
        }
        if (isNew(device, old, "taints")) {
            taints(checks, path + ".taints", Trees.list(device, "taints"));
        }
        consumed(checks, path + ".consumesCounters", Trees.list(device, "consumesCounters"));
        place(checks, path, device, choosesNodes);
        binding(checks, path, device);
    }

    private static boolean isNew(ObjectNode device, Optional<ObjectNode> old, String field) {
        return old.map(before -> !Trees.same(device, before, field)).orElse(true);
    }

    private static void capacities(Checks checks, String path, ObjectNode device) {
        boolean isShared = Trees.flag(device, "allowMultipleAllocations");
        device.path("capacity").properties().forEach(capacity -> {
            String at = path + "[" + DeviceNames.shownKey(capacity.getKey()) + "].requestPolicy";
            DeviceNames.qualified(checks, path, capacity.getKey());
            if (!Trees.has(capacity.getValue(), "requestPolicy")) {
                return;
            }
            if (isShared) {
                CapacityPolicies.check(checks, at, capacity.getValue());
            } else {
                checks.forbidden(at, "allowMultipleAllocations must be true");
            }
        });
    }

    private static void taints(Checks checks, String path, List<ObjectNode> taints) {
        if (!checks.tooMany(path, taints.size(), MAX_TAINTS)) {
            for (int i = 0; i < taints.size(); i++) {
                DeviceNames.taint(checks, path + "[" + i + "]", taints.get(i), Optional.empty());
            }
        }
    }

    private static void consumed(Checks checks, String path, List<ObjectNode> consumptions) {
        if (checks.tooMany(path, consumptions.size(), MAX_CONSUMED)) {
            return;
        }
        for (int i = 0; i < consumptions.size(); i++) {
            String at = path + "[" + i + "]";
            checks.requiredName(at + ".counterSet", Trees.text(consumptions.get(i), "counterSet"), NameRule.DNS_LABEL);
            counters(checks, at + ".counters", consumptions.get(i).path("counters"));
        }
        DeviceNames.unique(
                checks,
                path,
                consumptions.stream().map(one -> Trees.text(one, "counterSet")).toList());
    }

    /// Counters by name, of a set or taken from one.
    static void counters(Checks checks, String path, JsonNode counters) {
        if (counters.isEmpty()) {
            checks.required(path);
        } else if (!checks.tooMany(path, counters.size(), MAX_COUNTERS)) {
            counters.propertyNames().forEach(name -> checks.name(path, name, NameRule.DNS_LABEL));
        }
    }

    private static void place(Checks checks, String path, ObjectNode device, boolean choosesNodes) {
        boolean isPlaced =
                List.of("nodeName", "nodeSelector", "allNodes").stream().anyMatch(field -> Trees.has(device, field));
        if (!choosesNodes) {
            if (isPlaced) {
                checks.invalid(
                        path,
                        NullNode.getInstance(),
                        "`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to"
                                + " true in the ResourceSlice spec");
            }
            return;
        }
        var set = new ArrayList<String>();
        if (Trees.has(device, "nodeName")) {
            String name = Trees.text(device, "nodeName");
            if (name.isEmpty()) {
                checks.invalid(path + ".nodeName", name, "must not be empty");
            } else {
                set.add("`nodeName`");
                checks.name(path + ".nodeName", name, NameRule.DNS_SUBDOMAIN);
            }
        }
        if (Trees.has(device, "nodeSelector")) {
            set.add("`nodeSelector`");
            NodeSelectorChecks.selector(checks, path + ".nodeSelector", device.path("nodeSelector"));
        }
        SliceChecks.flag(checks, path, device, "allNodes", set);
        String one =
                "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection`"
                        + " is set to true in the ResourceSlice spec";
        if (set.isEmpty()) {
            checks.required(path, one);
        } else if (set.size() > 1) {
            checks.invalid(path, "{" + String.join(", ", set) + "}", one);
        }
    }

    /// When a device is ready to be bound, and when it never will be; of devices and of what was allocated.
    static void binding(Checks checks, String path, ObjectNode device) {
        List<String> good = Trees.strings(device, "bindingConditions");
        List<String> bad = Trees.strings(device, "bindingFailureConditions");
        conditions(checks, path + ".bindingConditions", good);
        conditions(checks, path + ".bindingFailureConditions", bad);
        DeviceNames.unique(checks, path + ".bindingConditions", good);
        DeviceNames.unique(checks, path + ".bindingFailureConditions", bad);
        for (int i = 0; i < bad.size(); i++) {
            if (good.contains(bad.get(i))) {
                checks.invalid(
                        path + ".bindingFailureConditions[" + i + "]",
                        bad.get(i),
                        "bindingFailureConditions must not overlap with bindingConditions");
            }
        }
        if (good.isEmpty() && !bad.isEmpty()) {
            checks.invalid(
                    path + ".bindingConditions",
                    device.path("bindingConditions"),
                    "bindingConditions are required to use bindingFailureConditions");
        }
        if (bad.isEmpty() && !good.isEmpty()) {
            checks.invalid(
                    path + ".bindingFailureConditions",
                    device.path("bindingFailureConditions"),
                    "bindingFailureConditions are required to use bindingConditions");
        }
    }

    private static void conditions(Checks checks, String path, List<String> conditions) {
        if (!checks.tooMany(path, conditions.size(), MAX_CONDITIONS)) {
            for (int i = 0; i < conditions.size(); i++) {
                Selectors.checkKey(checks, path + "[" + i + "]", conditions.get(i));
            }
        }
    }
}
