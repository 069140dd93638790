package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.NodeSelectorChecks;
import dev.longshore.model.NameRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a driver may not say of its devices as a whole: whose they are, where they are, how many.
final class SliceChecks {

    private static final int MAX_DEVICES = 128;
    private static final int MAX_RICH_DEVICES = 64;
    private static final int MAX_COUNTER_SETS = 8;

    private SliceChecks() {}

    static void check(Checks checks, ObjectNode object) {
        check(checks, object, Optional.empty());
    }

    static void change(Checks checks, ObjectNode object, ObjectNode old) {
        check(checks, object, Optional.of(old));
    }

    private static void check(Checks checks, ObjectNode object, Optional<ObjectNode> old) {
        JsonNode spec = object.path("spec");
        checks.driverName("spec.driver", Trees.text(spec, "driver"));
        pool(checks, spec.path("pool"));
        old.ifPresent(before -> {
            checks.unchanged("spec.pool.name", object, before, "spec", "pool", "name");
            checks.unchanged("spec.driver", object, before, "spec", "driver");
            checks.unchanged("spec.nodeName", object, before, "spec", "nodeName");
        });
        nodes(checks, spec);
        if (Trees.has(spec, "sharedCounters") && Trees.has(spec, "devices")) {
            checks.invalid("spec", "", "only one of `sharedCounters` or `devices` is allowed");
        }
        devices(
                checks,
                spec,
                old.map(before -> Trees.list(before, "spec", "devices")).orElse(List.of()));
        counterSets(checks, Trees.list(spec, "sharedCounters"));
    }

    /// Names of drivers are compared as they are spelled.
    static List<String> warnings(String driver) {
        return driver.equals(driver.toLowerCase(Locale.ROOT))
                ? List.of()
                : List.of("spec.driver: driver names should be lowercase; \"" + driver
                        + "\" contains uppercase characters");
    }

    private static void pool(Checks checks, JsonNode pool) {
        DeviceNames.pool(checks, "spec.pool.name", Trees.text(pool, "name"));
        long slices = Trees.number(pool, 0, "resourceSliceCount");
        if (slices <= 0) {
            checks.invalid("spec.pool.resourceSliceCount", slices, "must be greater than zero");
        }
        long generation = Trees.number(pool, 0, "generation");
        if (generation < 0) {
            checks.invalid("spec.pool.generation", generation, "must be greater than or equal to zero");
        }
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
                        "spec.nodeSelector.nodeSelectorTerms",
                        InnerTypes.listOf("NodeSelectorTerm", terms),
                        "must have exactly one node selector term");
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

    static void flag(Checks checks, String path, JsonNode owner, String flag, List<String> set) {
        if (Trees.flag(owner, flag)) {
            set.add("`" + flag + "`");
        } else if (Trees.has(owner, flag)) {
            checks.invalid(path + "." + flag, owner.path(flag), "must be either unset or set to true");
        }
    }

    private static void devices(Checks checks, JsonNode spec, List<ObjectNode> old) {
        List<ObjectNode> devices = Trees.list(spec, "devices");
        boolean isRich = devices.stream()
                .anyMatch(device -> !device.path("taints").isEmpty()
                        || !device.path("consumesCounters").isEmpty());
        if (checks.tooMany("spec.devices", devices.size(), isRich ? MAX_RICH_DEVICES : MAX_DEVICES)) {
            return;
        }
        boolean choosesNodes = Trees.flag(spec, "perDeviceNodeSelection");
        for (int i = 0; i < devices.size(); i++) {
            ObjectNode device = devices.get(i);
            Optional<ObjectNode> before = old.stream()
                    .filter(other -> Trees.same(other, device, "name"))
                    .findFirst();
            DeviceChecks.check(checks, "spec.devices[" + i + "]", device, before, choosesNodes);
        }
        DeviceNames.unique(
                checks,
                "spec.devices",
                devices.stream().map(device -> Trees.text(device, "name")).toList());
    }

    private static void counterSets(Checks checks, List<ObjectNode> sets) {
        String path = "spec.sharedCounters";
        if (checks.tooMany(path, sets.size(), MAX_COUNTER_SETS)) {
            return;
        }
        for (int i = 0; i < sets.size(); i++) {
            checks.requiredName(path + "[" + i + "].name", Trees.text(sets.get(i), "name"), NameRule.DNS_LABEL);
            DeviceChecks.counters(
                    checks, path + "[" + i + "].counters", sets.get(i).path("counters"));
        }
        DeviceNames.unique(
                checks, path, sets.stream().map(set -> Trees.text(set, "name")).toList());
    }
}
