package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Conditions;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.NodeSelectorChecks;
import dev.longshore.model.Cause;
import dev.longshore.model.IpText;
import dev.longshore.model.NameRule;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the status of a claim may not say: what was allocated stays, and devices speak for themselves only once
/// they are.
final class ClaimStatusChecks {

    private static final int MAX_CONSUMERS = 256;
    private static final int MAX_RESULTS = 32;
    private static final int MAX_CONDITIONS = 8;
    private static final int MAX_DATA = 10 * 1024;
    private static final int MAX_IPS = 16;
    private static final int MAX_CONFIGS = 64;

    /// The original prints a device's identity as JSON, in which nothing of it is to be seen.
    private static final String SHOWN_ID = "{\"Driver\":{},\"Pool\":{},\"Device\":{},\"ShareID\":{}}";

    private ClaimStatusChecks() {}

    static void check(Checks checks, ObjectNode claim, ObjectNode old) {
        JsonNode status = claim.path("status");
        consumers(checks, claim, old);
        Set<String> allocated = new HashSet<>();
        Trees.list(status, "allocation", "devices", "results").forEach(result -> allocated.add(id(result)));
        List<ObjectNode> devices = Trees.list(status, "devices");
        for (int i = 0; i < devices.size(); i++) {
            device(checks, "status.devices[" + i + "]", devices.get(i), allocated);
        }
        var seen = new HashSet<String>();
        for (int i = 0; i < devices.size(); i++) {
            if (!seen.add(id(devices.get(i)))) {
                checks.add(Cause.duplicate("status.devices[" + i + "]", SHOWN_ID));
            }
        }
        boolean isAllocated = Trees.has(status, "allocation");
        if (Trees.has(old, "status", "allocation") && isAllocated) {
            checks.unchangedOf("AllocationResult", "status.allocation", claim, old, "status", "allocation");
        } else if (isAllocated) {
            allocation(checks, claim, status.path("allocation"));
        }
    }

    private static String id(ObjectNode device) {
        String share = Trees.text(device, "shareID");
        String id =
                Trees.text(device, "driver") + "/" + Trees.text(device, "pool") + "/" + Trees.text(device, "device");
        return share.isEmpty() ? id : id + "/" + share;
    }

    private static void consumers(Checks checks, ObjectNode claim, ObjectNode old) {
        String path = "status.reservedFor";
        List<ObjectNode> consumers = Trees.list(claim, "status", "reservedFor");
        if (checks.tooMany(path, consumers.size(), MAX_CONSUMERS)) {
            return;
        }
        for (int i = 0; i < consumers.size(); i++) {
            for (String field : List.of("resource", "name", "uid")) {
                checks.requiredText(path + "[" + i + "]." + field, Trees.text(consumers.get(i), field));
            }
        }
        DeviceNames.unique(
                checks,
                path,
                consumers.stream().map(consumer -> Trees.text(consumer, "uid")).toList());
        if (consumers.isEmpty()) {
            return;
        }
        boolean isDying = Trees.has(claim, "metadata", "deletionTimestamp");
        if (!Trees.has(claim, "status", "allocation")) {
            checks.forbidden(path, "may not be specified when `allocated` is not set");
        } else if (isDying && !Trees.list(old, "status", "reservedFor").containsAll(consumers)) {
            checks.forbidden(
                    path, "new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set");
        }
    }

    private static void allocation(Checks checks, ObjectNode claim, JsonNode allocation) {
        Map<String, Set<String>> names = ClaimChecks.names(Trees.list(claim, "spec", "devices", "requests"));
        String path = "status.allocation.devices.results";
        List<ObjectNode> results = Trees.list(allocation, "devices", "results");
        if (!checks.tooMany(path, results.size(), MAX_RESULTS)) {
            for (int i = 0; i < results.size(); i++) {
                result(checks, path + "[" + i + "]", results.get(i), names);
            }
        }
        path = "status.allocation.devices.config";
        List<ObjectNode> configs = Trees.list(allocation, "devices", "config");
        if (!checks.tooMany(path, configs.size(), MAX_CONFIGS)) {
            for (int i = 0; i < configs.size(); i++) {
                configuration(checks, path + "[" + i + "]", configs.get(i), names);
            }
        }
        if (Trees.has(allocation, "nodeSelector")) {
            NodeSelectorChecks.selector(checks, "status.allocation.nodeSelector", allocation.path("nodeSelector"));
        }
    }

    private static void result(Checks checks, String path, ObjectNode result, Map<String, Set<String>> names) {
        ClaimChecks.reference(checks, path + ".request", Trees.text(result, "request"), names);
        named(checks, path, result);
        DeviceChecks.binding(checks, path, result);
        DeviceNames.tolerations(checks, path + ".tolerations", Trees.list(result, "tolerations"));
        share(checks, path, result);
    }

    private static void configuration(Checks checks, String path, ObjectNode config, Map<String, Set<String>> names) {
        String source = Trees.text(config, "source");
        if (checks.requiredText(path + ".source", source)) {
            checks.only(path + ".source", source, List.of("FromClaim", "FromClass"));
        }
        ClaimChecks.references(checks, path + ".requests", Trees.strings(config, "requests"), names);
        DeviceNames.configuration(checks, path, config);
    }

    private static void share(Checks checks, String path, ObjectNode device) {
        if (Trees.has(device, "shareID")) {
            Uuids.check(checks, path + ".shareID", Trees.text(device, "shareID"));
        }
    }

    private static void named(Checks checks, String path, ObjectNode device) {
        checks.driverName(path + ".driver", Trees.text(device, "driver"));
        DeviceNames.pool(checks, path + ".pool", Trees.text(device, "pool"));
        checks.name(path + ".device", Trees.text(device, "device"), NameRule.DNS_LABEL);
    }

    private static void device(Checks checks, String path, ObjectNode device, Set<String> allocated) {
        named(checks, path, device);
        share(checks, path, device);
        if (!allocated.contains(id(device))) {
            checks.add(Cause.invalid(path, SHOWN_ID, "must be an allocated device in the claim"));
        }
        checks.tooMany(path + ".conditions", device.path("conditions").size(), MAX_CONDITIONS);
        Conditions.check(checks, path + ".conditions", device.path("conditions"));
        if (Trees.has(device, "data")) {
            DeviceNames.raw(checks, path + ".data", device.path("data"), MAX_DATA);
        }
        JsonNode network = device.path("networkData");
        checks.tooLong(path + ".networkData.interfaceName", Trees.text(network, "interfaceName"), 256);
        checks.tooLong(path + ".networkData.hardwareAddress", Trees.text(network, "hardwareAddress"), 128);
        List<String> ips = Trees.strings(network, "ips");
        if (!checks.tooMany(path + ".networkData.ips", ips.size(), MAX_IPS)) {
            for (int i = 0; i < ips.size(); i++) {
                String at = path + ".networkData.ips[" + i + "]";
                String ip = ips.get(i);
                IpText.interfaceFaults(ip).forEach(fault -> checks.invalid(at, ip, fault));
            }
            DeviceNames.unique(checks, path + ".networkData.ips", ips);
        }
    }
}
