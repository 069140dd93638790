package dev.longshore.kinds.machinery;

import dev.longshore.base.Time;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Times;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How many devices a request asks for when it does not say, and since when a taint is there, in every version's
/// shape.
record DeviceDefaults(Time time) {

    static void claim(JsonNode spec) {
        for (ObjectNode request : Trees.list(spec, "devices", "requests")) {
            Trees.object(request, "exactly").ifPresent(DeviceDefaults::request);
            Trees.list(request, "firstAvailable").forEach(DeviceDefaults::request);
            if (!Trees.text(request, "deviceClassName").isEmpty()) {
                request(request);
            }
        }
    }

    private static void request(ObjectNode request) {
        Defaults.put(request, "allocationMode", "ExactCount");
        if (Trees.text(request, "allocationMode").equals("ExactCount")) {
            Defaults.putNonZero(request, "count", 1);
        }
        Trees.list(request, "tolerations").forEach(toleration -> Defaults.put(toleration, "operator", "Equal"));
    }

    void slice(ObjectNode slice) {
        DeviceFields.devices(slice)
                .forEach(device -> Trees.list(device, "taints").forEach(this::taint));
    }

    void taintRule(ObjectNode rule) {
        Trees.object(rule, "spec", "taint").ifPresent(this::taint);
    }

    private void taint(ObjectNode taint) {
        Defaults.put(taint, "timeAdded", Times.print(time.now()));
    }

    /// A taint with another effect counts from now, unless the client says since when.
    void retime(ObjectNode rule, ObjectNode old) {
        Trees.object(rule, "spec", "taint").ifPresent(taint -> {
            JsonNode before = Trees.at(old, "spec", "taint");
            if (!Trees.same(taint, before, "effect") && Trees.same(taint, before, "timeAdded")) {
                taint.put("timeAdded", Times.print(time.now()));
            }
        });
    }
}
