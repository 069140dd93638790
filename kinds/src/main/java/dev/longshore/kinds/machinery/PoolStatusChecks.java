package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Conditions;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/// What a question about pools of devices, and its answer, may not say. These rules are tags on the original's types
/// (`+k8s:minimum` …), so that all of them speak alike. Answers are given once.
final class PoolStatusChecks {

    private static final int MAX_POOLS = 1000;
    private static final int MAX_CONDITIONS = 10;
    private static final int MAX_FAULT = 256;
    private static final int MAX_NAME = 253;
    private static final List<String> COUNTS =
            List.of("totalDevices", "allocatedDevices", "availableDevices", "unavailableDevices");
    private static final String STEP = "[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?";
    private static final Pattern ANY_CASE = Pattern.compile(STEP + "(\\." + STEP + ")*");
    private static final String NOT_ANY_CASE = "an RFC 1123 subdomain must consist of alphanumeric characters, '-' or"
            + " '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for"
            + " validation is '" + ANY_CASE + "')";

    private PoolStatusChecks() {}

    static void request(Checks checks, ObjectNode object) {
        JsonNode spec = object.path("spec");
        driver(checks, "spec.driver", Trees.text(spec, "driver"));
        if (Trees.has(spec, "poolName")) {
            poolName(checks, "spec.poolName", Trees.text(spec, "poolName"));
        }
        between(checks, "spec.limit", spec.path("limit"), 1, MAX_POOLS);
    }

    /// Tags do not show what came.
    static void change(Checks checks, ObjectNode object, ObjectNode old) {
        if (!Trees.same(object, old, "spec")) {
            checks.invalid("spec", NullNode.getInstance(), Checks.IMMUTABLE);
        }
    }

    /// What is as it was is not judged again.
    static void status(Checks checks, ObjectNode object, ObjectNode old) {
        JsonNode status = object.path("status");
        JsonNode before = old.path("status");
        JsonNode conditions = status.path("conditions");
        if (!before.isEmpty()) {
            checks.unchangedOf("ResourcePoolStatusRequestStatus", "status", object, old, "status");
        } else if (Trees.has(object, "status")) {
            Conditions.check(checks, "status.conditions", conditions);
        }
        if (!Trees.has(object, "status")) {
            return;
        }
        if (!Trees.has(status, "poolCount")) {
            checks.required("status.poolCount");
        } else if (!Trees.same(status, before, "poolCount")) {
            atLeast(checks, "status.poolCount", status.path("poolCount"), 0);
        }
        if (!Trees.same(status, before, "pools")) {
            pools(checks, Trees.list(status, "pools"));
        }
        if (!Trees.same(status, before, "conditions")
                && !checks.tooMany("status.conditions", conditions.size(), MAX_CONDITIONS)) {
            onePerType(checks, Trees.list(status, "conditions"));
        }
    }

    private static void pools(Checks checks, List<ObjectNode> pools) {
        if (!checks.tooMany("status.pools", pools.size(), MAX_POOLS)) {
            for (int i = 0; i < pools.size(); i++) {
                pool(checks, "status.pools[" + i + "]", pools.get(i));
            }
        }
    }

    private static void onePerType(Checks checks, List<ObjectNode> conditions) {
        var types = new HashSet<String>();
        for (int i = 0; i < conditions.size(); i++) {
            if (!types.add(Trees.text(conditions.get(i), "type"))) {
                checks.duplicateOf("status.conditions[" + i + "]", conditions.get(i));
            }
        }
    }

    private static void pool(Checks checks, String path, ObjectNode pool) {
        driver(checks, path + ".driver", Trees.text(pool, "driver"));
        if (checks.requiredText(path + ".poolName", Trees.text(pool, "poolName"))) {
            poolName(checks, path + ".poolName", Trees.text(pool, "poolName"));
        }
        // A number that is no pointer counts as missing when it is zero.
        if (Trees.number(pool, 0, "generation") == 0) {
            checks.required(path + ".generation");
        } else {
            atLeast(checks, path + ".generation", pool.path("generation"), 0);
        }
        atLeast(checks, path + ".resourceSliceCount", pool.path("resourceSliceCount"), 1);
        for (String count : COUNTS) {
            atLeast(checks, path + "." + count, pool.path(count), 0);
        }
        if (Trees.has(pool, "nodeName")) {
            checks.name(path + ".nodeName", Trees.text(pool, "nodeName"), NameRule.DNS_SUBDOMAIN);
        }
        checks.tooLong(path + ".validationError", Trees.text(pool, "validationError"), MAX_FAULT);
    }

    private static void driver(Checks checks, String path, String name) {
        if (!checks.requiredText(path, name)) {
            return;
        }
        if (name.length() > MAX_NAME) {
            checks.invalid(path, name, "must be no more than " + MAX_NAME + " bytes");
        }
        if (name.length() > 4 * MAX_NAME || !ANY_CASE.matcher(name).matches()) {
            checks.invalid(path, name, NOT_ANY_CASE);
        }
    }

    private static void poolName(Checks checks, String path, String name) {
        checks.tooLong(path, name, MAX_NAME);
        String[] parts = name.split("/", -1);
        for (int i = 0; i < parts.length; i++) {
            String prefix = "segment " + i + ": ";
            if (parts[i].isEmpty()) {
                checks.invalid(path, name, prefix + "must not be empty");
                continue;
            }
            String part = parts[i];
            NameRule.DNS_SUBDOMAIN.check(part).forEach(fault -> checks.invalid(path, part, prefix + fault));
        }
    }

    private static void between(Checks checks, String path, JsonNode value, long least, long most) {
        atLeast(checks, path, value, least);
        if (value.isNumber() && value.asLong() > most) {
            checks.invalid(path, value.asLong(), "must be less than or equal to " + most);
        }
    }

    private static void atLeast(Checks checks, String path, JsonNode value, long least) {
        if (value.isNumber() && value.asLong() < least) {
            checks.invalid(path, value.asLong(), "must be greater than or equal to " + least);
        }
    }
}
