package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Resource;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What all kinds that make pods from a template have in common.
public final class Workloads {

    private Workloads() {}

    /// The columns for `-o wide`: containers, images and selector.
    public static Columns wide(Columns columns) {
        return images(columns)
                .wide("Selector", "Which pods are its own.", object -> Selectors.shown(object.at("spec", "selector")));
    }

    /// The columns for `-o wide` without the selector.
    public static Columns images(Columns columns) {
        return columns.wide("Containers", "Their names.", object -> PodTable.containers(object.object("spec")))
                .wide("Images", "Their images.", object -> PodTable.images(object.object("spec")));
    }

    /// A number from the status.
    public static long status(Resource object, String field) {
        return Trees.number(object.tree(), 0, "status", field);
    }

    /// A number from the spec.
    public static long spec(Resource object, String field) {
        return Trees.number(object.tree(), 0, "spec", field);
    }

    /// Checks selector and template of an object whose pods always restart.
    public static void check(Checks checks, ObjectNode object) {
        JsonNode selector = Trees.at(object, "spec", "selector");
        if (!Trees.has(object, "spec", "selector")) {
            checks.required("spec.selector");
        } else {
            Selectors.check(checks, "spec.selector", selector);
            if (Selectors.isEmpty(selector)) {
                String kind = Trees.text(object, "kind").toLowerCase(Locale.ROOT);
                checks.invalid("spec.selector", selector, "empty selector is invalid for " + kind);
            }
        }
        PodChecks.template(checks, "spec.template", Trees.at(object, "spec", "template"), selector);
        checks.oneOf(
                "spec.template.spec.restartPolicy",
                Trees.text(object, "spec", "template", "spec", "restartPolicy"),
                "Always");
        if (Trees.has(object, "spec", "template", "spec", "activeDeadlineSeconds")) {
            checks.forbidden(
                    "spec.template.spec.activeDeadlineSeconds",
                    "activeDeadlineSeconds in " + Trees.text(object, "kind") + " is not Supported");
        }
        for (String field : new String[] {"replicas", "minReadySeconds", "revisionHistoryLimit"}) {
            checks.nonNegative("spec." + field, Trees.at(object, "spec", field));
        }
    }

    /// Refuses another selector.
    public static void checkChange(Checks checks, ObjectNode object, ObjectNode old) {
        checks.unchanged("spec.selector", object, old, "spec", "selector");
    }

    /// Checks a number or a percentage.
    public static void countOrPercent(Checks checks, String path, JsonNode value) {
        if (value.isString() && !value.asString().matches("\\d+%")) {
            checks.invalid(
                    path,
                    value.asString(),
                    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%',"
                            + " regex used for validation is '[0-9]+%')");
        }
        checks.nonNegative(path, value);
    }

    /// True for `0` and `0%`.
    public static boolean isZero(JsonNode value) {
        return value.isNumber() ? value.asLong() == 0 : value.asString("").equals("0%");
    }
}
