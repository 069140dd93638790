package dev.longshore.kinds.storage;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import dev.longshore.model.Quantity;
import java.util.HashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What storage drivers may not say of themselves, of nodes and of their stock.
final class CsiChecks {

    static final int MAX_NODE_ID = 256;

    private static final long MIN_TOKEN = 600;
    private static final long MAX_TOKEN = 1L << 32;
    private static final long MIN_PERIOD = 10;

    private CsiChecks() {}

    static void driver(Checks checks, ObjectNode object) {
        JsonNode spec = object.path("spec");
        checks.only(
                "spec.fsGroupPolicy",
                Trees.text(spec, "fsGroupPolicy"),
                List.of("File", "None", "ReadWriteOnceWithFSType"));
        tokens(checks, Trees.list(spec, "tokenRequests"));
        for (String mode : Trees.strings(spec, "volumeLifecycleModes")) {
            checks.only("spec.volumeLifecycleModes", mode, List.of("Persistent", "Ephemeral"));
        }
        JsonNode period = spec.path("nodeAllocatableUpdatePeriodSeconds");
        if (period.isNumber() && period.asLong() < MIN_PERIOD) {
            checks.invalid(
                    "spec.nodeAllocatableUpdatePeriodSeconds",
                    period.asLong(),
                    "must be greater than or equal to 10 seconds");
        }
        if (Trees.flag(spec, "serviceAccountTokenInSecrets")
                && spec.path("tokenRequests").isEmpty()) {
            checks.invalid(
                    "spec.serviceAccountTokenInSecrets",
                    spec.path("serviceAccountTokenInSecrets"),
                    "serviceAccountTokenInSecrets is set but no tokenRequests are specified");
        }
    }

    private static void tokens(Checks checks, List<ObjectNode> requests) {
        var audiences = new HashSet<String>();
        for (int i = 0; i < requests.size(); i++) {
            String path = "spec.tokenRequests[" + i + "]";
            String audience = Trees.text(requests.get(i), "audience");
            if (!audiences.add(audience)) {
                checks.duplicate(path + ".audience", audience);
                continue;
            }
            JsonNode seconds = requests.get(i).path("expirationSeconds");
            if (seconds.isNumber() && seconds.asLong() < MIN_TOKEN) {
                checks.invalid(
                        path + ".expirationSeconds",
                        seconds.asLong(),
                        "may not specify a duration less than 10 minutes");
            }
            if (seconds.isNumber() && seconds.asLong() > MAX_TOKEN) {
                checks.invalid(
                        path + ".expirationSeconds",
                        seconds.asLong(),
                        "may not specify a duration larger than 2^32 seconds");
            }
        }
    }

    static void driverChange(Checks checks, ObjectNode object, ObjectNode old) {
        checks.unchanged("spec.attachedRequired", object, old, "spec", "attachRequired");
        checks.unchanged("spec.volumeLifecycleModes", object, old, "spec", "volumeLifecycleModes");
    }

    static void node(Checks checks, ObjectNode object, int maxId) {
        var names = new HashSet<String>();
        int index = 0;
        for (ObjectNode driver : Trees.list(object, "spec", "drivers")) {
            String path = "spec.drivers[" + index++ + "]";
            String name = Trees.text(driver, "name");
            checks.driverName(path + ".name", name);
            String id = Trees.text(driver, "nodeID");
            if (checks.requiredText(path + ".nodeID", id) && id.length() > maxId) {
                checks.invalid(path + ".nodeID", id, "must be " + maxId + " characters or less");
            }
            checks.nonNegative(path + ".allocatable.count", Trees.at(driver, "allocatable", "count"));
            if (!names.add(name)) {
                checks.duplicate(path + ".name", name);
            }
            topology(checks, path, Trees.strings(driver, "topologyKeys"));
        }
    }

    private static void topology(Checks checks, String path, List<String> keys) {
        var seen = new HashSet<String>();
        for (String key : keys) {
            checks.requiredText(path, key);
            if (!seen.add(key)) {
                checks.duplicate(path, key);
            }
            Selectors.checkKey(checks, path, key);
        }
    }

    /// Drivers come and go; what one says of the node stays, but for how much it can take.
    static void nodeChange(Checks checks, ObjectNode object, ObjectNode old) {
        node(checks, object, MAX_NODE_ID);
        for (ObjectNode before : Trees.list(old, "spec", "drivers")) {
            for (ObjectNode now : Trees.list(object, "spec", "drivers")) {
                boolean isOther = !Trees.text(now, "name").equals(Trees.text(before, "name"));
                if (!isOther && !lasting(now).equals(lasting(before))) {
                    checks.invalid("spec.drivers", InnerTypes.of("CSINodeDriver", lasting(now)), Checks.IMMUTABLE);
                }
            }
        }
    }

    private static ObjectNode lasting(ObjectNode driver) {
        ObjectNode lasting = driver.deepCopy();
        lasting.remove("allocatable");
        return lasting;
    }

    static void capacity(Checks checks, ObjectNode object) {
        Selectors.checkOrKept(checks, "nodeTopology", object.path("nodeTopology"));
        checks.name("storageClassName", Trees.text(object, "storageClassName"), NameRule.DNS_SUBDOMAIN);
        String capacity = Trees.text(object, "capacity");
        Quantity.find(capacity)
                .filter(quantity -> quantity.signum() < 0)
                .ifPresent(quantity -> checks.invalid("capacity", capacity, "must be greater than or equal to 0"));
    }
}
