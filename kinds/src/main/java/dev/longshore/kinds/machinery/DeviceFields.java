package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Trees;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Fields of devices that do not stay as they were sent: those of features that 1.36 has off by default go, unless
/// the object has them already, and what is said of devices goes with the devices.
final class DeviceFields {

    private static final String MAPPINGS = "nodeAllocatableResourceMappings";
    private static final List<String> LISTS = List.of("bools", "ints", "strings", "versions");

    private DeviceFields() {}

    /// Drops what no feature of today reads from a new slice.
    static void drop(ObjectNode slice) {
        drop(slice, slice.objectNode());
    }

    /// As for a new slice, but what `old` uses may be used.
    static void drop(ObjectNode slice, ObjectNode old) {
        boolean hadMappings = devices(old).stream().anyMatch(device -> Trees.has(device, MAPPINGS));
        boolean hadLists = devices(old).stream()
                .flatMap(device -> device.path("attributes").valueStream())
                .anyMatch(DeviceFields::isList);
        for (ObjectNode device : devices(slice)) {
            if (!hadMappings) {
                device.remove(MAPPINGS);
            }
            if (!hadLists) {
                device.path("attributes").forEach(DeviceFields::unlist);
            }
        }
    }

    private static boolean isList(JsonNode attribute) {
        return LISTS.stream().anyMatch(list -> Trees.has(attribute, list));
    }

    private static void unlist(JsonNode attribute) {
        if (attribute instanceof ObjectNode object) {
            object.remove(LISTS);
        }
    }

    /// The devices themselves: in v1beta1 they are one level deeper.
    static List<ObjectNode> devices(ObjectNode slice) {
        var devices = new ArrayList<ObjectNode>();
        for (ObjectNode device : Trees.list(slice, "spec", "devices")) {
            devices.add(Trees.object(device, "basic").orElse(device));
        }
        return devices;
    }

    /// Takes from the status of a claim what it says of devices that were given back.
    static void forget(ObjectNode claim, ObjectNode old) {
        Set<String> gone = allocated(old);
        gone.removeAll(allocated(claim));
        if (Trees.at(claim, "status", "devices") instanceof ArrayNode devices) {
            devices.removeIf(device -> gone.contains(id(device)));
            if (devices.isEmpty()) {
                Trees.object(claim, "status").ifPresent(status -> status.remove("devices"));
            }
        }
    }

    private static Set<String> allocated(ObjectNode claim) {
        var ids = new HashSet<String>();
        Trees.list(claim, "status", "allocation", "devices", "results").forEach(result -> ids.add(id(result)));
        return ids;
    }

    private static String id(JsonNode device) {
        return Trees.text(device, "driver") + "/" + Trees.text(device, "pool") + "/" + Trees.text(device, "device");
    }
}
