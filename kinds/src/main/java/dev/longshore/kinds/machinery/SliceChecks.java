package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.NodeSelectorChecks;
import dev.longshore.model.NameRule;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/// What a driver may not say of its devices.
final class SliceChecks {

    private static final int MAX_DEVICES = 128;
    private static final int MAX_RICH_DEVICES = 64;
    private static final int MAX_COUNTER_SETS = 8;
    private static final int MAX_COUNTERS = 32;
    private static final int MAX_CONSUMED = 2;
    private static final int MAX_TAINTS = 16;
    private static final int MAX_CONDITIONS = 4;
    private static final int MAX_PROPERTIES = 32;
    private static final int MAX_TEXT = 64;
    private static final List<String> VALUES =
            List.of("bool", "int", "string", "version", "bools", "ints", "strings", "versions");
    private static final String PRE_RELEASE = "(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)";
    private static final Pattern VERSION = Pattern.compile("(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(-"
            + PRE_RELEASE + "(\\." + PRE_RELEASE + ")*)?(\\+[0-9a-zA-Z-]+(\\.[0-9a-zA-Z-]+)*)?");

    private SliceChecks() {}

    static void check(Checks checks, ObjectNode object) {
        JsonNode spec = object.path("spec");
        checks.driverName("spec.driver", Trees.text(spec, "driver"));
        DeviceNames.pool(checks, "spec.pool.name", Trees.text(spec, "pool", "name"));
        long slices = Trees.number(spec, 0, "pool", "resourceSliceCount");
        if (slices <= 0) {
            checks.invalid("spec.pool.resourceSliceCount", slices, "must be greater than zero");
        }
        long generation = Trees.number(spec, 0, "pool", "generation");
        if (generation < 0) {
            checks.invalid("spec.pool.generation", generation, "must be greater than or equal to zero");
        }
        nodes(checks, spec);
        if (Trees.has(spec, "sharedCounters") && Trees.has(spec, "devices")) {
            checks.invalid("spec", "", "only one of `sharedCounters` or `devices` is allowed");
        }
        devices(checks, spec);
        counterSets(checks, Trees.list(spec, "sharedCounters"));
    }

    static void change(Checks checks, ObjectNode object, ObjectNode old) {
        checks.unchanged("spec.pool.name", object, old, "spec", "pool", "name");
        checks.unchanged("spec.driver", object, old, "spec", "driver");
        checks.unchanged("spec.nodeName", object, old, "spec", "nodeName");
    }

    private static void nodes(Checks checks, JsonNode spec) {
        var set = new ArrayList<String>();
        if (Trees.has(spec, "nodeName")) {
            String name = Trees.text(spec, "nodeName");
            if (name.isEmpty()) {
                checks.invalid("spec.nodeName", name, "must be either unset or set to a non-empty string");
            } else {
                set.add("`nodeName`");
                checks.name("spec.nodeName", name, NameRule.DNS_SUBDOMAIN);
            }
        }
        if (Trees.has(spec, "nodeSelector")) {
            set.add("`nodeSelector`");
            NodeSelectorChecks.selector(checks, "spec.nodeSelector", spec.path("nodeSelector"));
            JsonNode terms = Trees.at(spec, "nodeSelector", "nodeSelectorTerms");
            if (terms.size() != 1) {
                checks.invalid(
                        "spec.nodeSelector.nodeSelectorTerms", terms, "must have exactly one node selector term");
            }
        }
        for (String flag : List.of("allNodes", "perDeviceNodeSelection")) {
            flag(checks, "spec", spec, flag, set);
        }
        String one = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";
        if (set.isEmpty()) {
            checks.required("spec", one);
        } else if (set.size() > 1) {
            checks.invalid("spec", "{" + String.join(", ", set) + "}", one + ", but multiple fields are set");
        }
    }

    private static void flag(Checks checks, String path, JsonNode owner, String flag, List<String> set) {
        if (Trees.flag(owner, flag)) {
            set.add("`" + flag + "`");
        } else if (Trees.has(owner, flag)) {
            checks.invalid(path + "." + flag, owner.path(flag), "must be either unset or set to true");
        }
    }

    private static void devices(Checks checks, JsonNode spec) {
        List<ObjectNode> devices = Trees.list(spec, "devices");
        boolean isRich = devices.stream()
                .anyMatch(device -> !device.path("taints").isEmpty()
                        || !device.path("consumesCounters").isEmpty());
        if (checks.tooMany("spec.devices", devices.size(), isRich ? MAX_RICH_DEVICES : MAX_DEVICES)) {
            return;
        }
        for (int i = 0; i < devices.size(); i++) {
            device(checks, "spec.devices[" + i + "]", devices.get(i), Trees.flag(spec, "perDeviceNodeSelection"));
        }
        DeviceNames.unique(
                checks,
                "spec.devices",
                devices.stream().map(device -> Trees.text(device, "name")).toList());
    }

    private static void device(Checks checks, String path, ObjectNode device, boolean choosesNodes) {
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
            attribute(checks, path + ".attributes[" + attribute.getKey() + "]", attribute.getValue());
        });
        boolean isShared = Trees.flag(device, "allowMultipleAllocations");
        device.path("capacity").properties().forEach(capacity -> {
            String at = path + ".capacity[" + capacity.getKey() + "]";
            DeviceNames.qualified(checks, path + ".capacity", capacity.getKey());
            if (!isShared && Trees.has(capacity.getValue(), "requestPolicy")) {
                checks.forbidden(at + ".requestPolicy", "allowMultipleAllocations must be true");
            }
        });
        List<ObjectNode> taints = Trees.list(device, "taints");
        if (!checks.tooMany(path + ".taints", taints.size(), MAX_TAINTS)) {
            for (int i = 0; i < taints.size(); i++) {
                DeviceNames.taint(checks, path + ".taints[" + i + "]", taints.get(i));
            }
        }
        consumed(checks, path + ".consumesCounters", Trees.list(device, "consumesCounters"));
        place(checks, path, device, choosesNodes);
        binding(checks, path, device);
    }

    private static void attribute(Checks checks, String path, JsonNode attribute) {
        List<String> set =
                VALUES.stream().filter(value -> Trees.has(attribute, value)).toList();
        if (set.contains("string")) {
            checks.tooLong(path + ".string", Trees.text(attribute, "string"), MAX_TEXT);
        }
        if (set.contains("version")) {
            version(checks, path + ".version", Trees.text(attribute, "version"));
        }
        for (String list : VALUES.subList(4, VALUES.size())) {
            if (set.contains(list) && attribute.path(list).isEmpty()) {
                checks.invalid(path + "." + list, attribute.path(list), "must not be empty if specified");
            }
        }
        int index = 0;
        for (String text : Trees.strings(attribute, "strings")) {
            checks.tooLong(path + ".strings[" + index++ + "]", text, MAX_TEXT);
        }
        index = 0;
        for (String text : Trees.strings(attribute, "versions")) {
            version(checks, path + ".versions[" + index++ + "]", text);
        }
        if (set.isEmpty()) {
            checks.invalid(path, "", "exactly one value must be specified");
        } else if (set.size() > 1) {
            checks.invalid(path, attribute, "exactly one value must be specified");
        }
    }

    private static void version(Checks checks, String path, String version) {
        if (version.length() > 4 * MAX_TEXT || !VERSION.matcher(version).matches()) {
            checks.invalid(path, version, "must be a string compatible with semver.org spec 2.0.0");
        }
        checks.tooLong(path, version, MAX_TEXT);
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

    private static void counterSets(Checks checks, List<ObjectNode> sets) {
        String path = "spec.sharedCounters";
        if (checks.tooMany(path, sets.size(), MAX_COUNTER_SETS)) {
            return;
        }
        for (int i = 0; i < sets.size(); i++) {
            checks.requiredName(path + "[" + i + "].name", Trees.text(sets.get(i), "name"), NameRule.DNS_LABEL);
            counters(checks, path + "[" + i + "].counters", sets.get(i).path("counters"));
        }
        DeviceNames.unique(
                checks, path, sets.stream().map(set -> Trees.text(set, "name")).toList());
    }

    private static void counters(Checks checks, String path, JsonNode counters) {
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
        flag(checks, path, device, "allNodes", set);
        String one =
                "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection`"
                        + " is set to true in the ResourceSlice spec";
        if (set.isEmpty()) {
            checks.required(path, one);
        } else if (set.size() > 1) {
            checks.invalid(path, "{" + String.join(", ", set) + "}", one);
        }
    }

    private static void binding(Checks checks, String path, ObjectNode device) {
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
