package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Conditions;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// What may not be said of a wish to store a resource anew: its resource stays, and a migration that has ended, well
/// or not, does not begin again.
final class MigrationChecks {

    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+");

    private MigrationChecks() {}

    static void spec(Checks checks, ObjectNode object) {
        if (Trees.text(object, "spec", "resource", "resource").isEmpty()) {
            checks.required("spec.resource.resource", "resource is required");
        }
    }

    /// The original's paths, without what they are in.
    static void change(Checks checks, ObjectNode object, ObjectNode old) {
        for (String field : List.of("group", "resource")) {
            String now = Trees.text(object, "spec", "resource", field);
            if (!now.equals(Trees.text(old, "spec", "resource", field))) {
                checks.invalid(field, now, "field is immutable");
            }
        }
    }

    static void status(Checks checks, ObjectNode object, ObjectNode old) {
        String path = "status.resourceVersion";
        String version = Trees.text(object, "status", "resourceVersion");
        number(checks, path, version);
        Conditions.check(checks, "status.conditions", Trees.at(object, "status", "conditions"));
        String before = Trees.text(old, "status", "resourceVersion");
        if (!before.isEmpty() && !before.equals(version)) {
            checks.invalid(path, version, "cannot be updated");
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

    private static void number(Checks checks, String path, String version) {
        if (version.isEmpty()) {
            return;
        }
        String why = "invalid syntax";
        if (NUMBER.matcher(version).matches()) {
            try {
                long number = Long.parseLong(version);
                if (number < 0) {
                    checks.invalid(path, number, "must be greater than or equal to 0");
                }
                return;
            } catch (NumberFormatException tooLarge) {
                why = "value out of range";
            }
        }
        String quoted = Cause.quote(version);
        checks.invalid(
                path,
                version,
                "failed to parse resource version %s: strconv.ParseInt: parsing %s: %s".formatted(quoted, quoted, why));
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
