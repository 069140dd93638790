package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Conditions;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// What may not be said of a wish to store a resource anew: its resource stays, and a migration that has ended, well
/// or not, does not begin again.
final class MigrationChecks {

    private static final Pattern VERSION = Pattern.compile("[1-9][0-9]*");

    private MigrationChecks() {}

    static void spec(Checks checks, ObjectNode object) {
        String path = "spec.resource.resource";
        String resource = Trees.text(object, "spec", "resource", "resource");
        if (resource.isEmpty()) {
            checks.required(path, "resource is required to be set");
        } else {
            joined(checks, path, resource, NameRule.DNS_1035_LABEL);
        }
        String group = Trees.text(object, "spec", "resource", "group");
        if (!group.isEmpty()) {
            joined(checks, "spec.resource.group", group, NameRule.DNS_SUBDOMAIN);
        }
    }

    private static void joined(Checks checks, String path, String value, NameRule rule) {
        List<String> faults = rule.check(value);
        if (!faults.isEmpty()) {
            checks.invalid(path, value, String.join(",", faults));
        }
    }

    static void status(Checks checks, ObjectNode object, ObjectNode old) {
        String path = "status.resourceVersion";
        String version = Trees.text(object, "status", "resourceVersion");
        if (!VERSION.matcher(version).matches()) {
            checks.invalid(path, version, "resource version is not well formed: " + version);
        }
        Conditions.check(checks, "status.conditions", Trees.at(object, "status", "conditions"));
        String before = Trees.text(old, "status", "resourceVersion");
        if (!before.isEmpty() && !before.equals(version)) {
            checks.invalid(path, version, Checks.IMMUTABLE);
        }
        boolean succeeded = isTrue(object, "Succeeded");
        boolean failed = isTrue(object, "Failed");
        boolean runs = isTrue(object, "Running");
        unless(
                checks,
                object,
                succeeded && failed,
                "Both success and failed conditions cannot be true at the same time");
        unless(checks, object, succeeded && runs, "Running condition cannot be true when success condition is true");
        unless(checks, object, failed && runs, "Running condition cannot be true when failed condition is true");
        unless(
                checks,
                object,
                !succeeded && isTrue(old, "Succeeded"),
                "Success condition cannot be set to false once it is true");
        unless(
                checks,
                object,
                !failed && isTrue(old, "Failed"),
                "Failed condition cannot be set to false once it is true");
    }

    private static void unless(Checks checks, ObjectNode object, boolean wrong, String why) {
        if (wrong) {
            checks.invalid("status.conditions", Trees.at(object, "status", "conditions"), why);
        }
    }

    private static boolean isTrue(ObjectNode object, String type) {
        return Trees.list(object, "status", "conditions").stream()
                .anyMatch(condition -> Trees.text(condition, "type").equals(type)
                        && Trees.text(condition, "status").equals("True"));
    }
}
