package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.Trees;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How many devices a request asks for when it does not say, in every version's shape.
final class DeviceDefaults {

    private DeviceDefaults() {}

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
}
