package dev.longshore.kinds.kit;

import dev.longshore.model.MetadataRules;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What conditions must look like where kinds say so: one of each type, with a reason and a time.
public final class Conditions {

    private static final int MAX_REASON = 1024;
    private static final int MAX_MESSAGE = 32 * 1024;
    private static final String REASON_FORMAT = "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?";
    private static final Pattern REASON = Pattern.compile(REASON_FORMAT);
    private static final List<String> STATUSES = List.of("False", "True", "Unknown");

    private Conditions() {}

    /// Checks the list of conditions at `path`.
    public static void check(Checks checks, String path, JsonNode conditions) {
        var seen = new HashSet<String>();
        int index = 0;
        for (JsonNode node : conditions) {
            if (node instanceof ObjectNode condition) {
                String at = path + "[" + index + "]";
                if (!seen.add(Trees.text(condition, "type"))) {
                    checks.duplicate(at + ".type", Trees.text(condition, "type"));
                }
                one(checks, at, condition);
            }
            index++;
        }
    }

    private static void one(Checks checks, String path, ObjectNode condition) {
        String type = Trees.text(condition, "type");
        MetadataRules.qualifiedName(type).forEach(fault -> checks.invalid(path + ".type", type, fault));
        checks.only(path + ".status", Trees.text(condition, "status"), STATUSES);
        long generation = Trees.number(condition, 0, "observedGeneration");
        if (generation < 0) {
            checks.invalid(path + ".observedGeneration", generation, "must be greater than or equal to zero");
        }
        if (!Trees.has(condition, "lastTransitionTime")) {
            checks.required(path + ".lastTransitionTime", "must be set");
        }
        String reason = Trees.text(condition, "reason");
        if (reason.isEmpty()) {
            checks.required(path + ".reason", "must be set");
        } else {
            if (reason.length() > 4 * MAX_REASON || !REASON.matcher(reason).matches()) {
                checks.invalid(
                        path + ".reason",
                        reason,
                        "a condition reason must start with alphabetic character, optionally followed by a string of"
                                + " alphanumeric characters or '_,:', and must end with an alphanumeric character or"
                                + " '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or"
                                + " 'ReasonA:ReasonB', regex used for validation is '" + REASON_FORMAT + "')");
            }
            checks.tooLong(path + ".reason", reason, MAX_REASON);
        }
        checks.tooLong(path + ".message", Trees.text(condition, "message"), MAX_MESSAGE);
    }
}
