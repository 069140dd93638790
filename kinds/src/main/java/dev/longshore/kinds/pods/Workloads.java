package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Resource;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// What all kinds that make pods from a template have in common.
public final class Workloads {

    private static final Pattern PERCENT = Pattern.compile("[0-9]{1,18}%");
    private static final long ALL = 100;

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

    /// Checks a number or a percentage.
    public static void countOrPercent(Checks checks, String path, JsonNode value) {
        if (value.isString() && percent(value) < 0) {
            checks.invalid(
                    path,
                    value.asString(),
                    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%',"
                            + " regex used for validation is '[0-9]+%')");
        }
        checks.nonNegative(path, value);
    }

    /// Refuses a percentage of more than all.
    public static void notMoreThanAll(Checks checks, String path, JsonNode value) {
        if (value.isString() && percent(value) > ALL) {
            checks.invalid(path, value.asString(), "must not be greater than 100%");
        }
    }

    /// The percentage that `value` spells, or -1.
    private static long percent(JsonNode value) {
        String text = value.asString();
        return PERCENT.matcher(text).matches() ? Long.parseLong(text.substring(0, text.length() - 1)) : -1;
    }

    /// True for nothing: `0`, `0%`, and what is neither a number nor a percentage.
    public static boolean isZero(JsonNode value) {
        return value.isString() ? percent(value) <= 0 : value.asLong(0) == 0;
    }
}
