package dev.longshore.controllers;

import dev.longshore.base.Json;
import dev.longshore.model.SetOperators;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;

/// Whether labels are what a selector asks for.
final class Selectors {

    private Selectors() {}

    /// An empty selector matches everything, an absent one nothing.
    static boolean matches(LabelSelector selector, Map<String, String> labels) {
        if (selector == null) {
            return false;
        }
        Map<String, String> present = labels == null ? Map.of() : labels;
        return matches(selector.getMatchLabels(), present)
                && selector.getMatchExpressions().stream().allMatch(rule -> matches(rule, present));
    }

    /// True if `selector` is there and matches everything.
    static boolean isOfAll(LabelSelector selector) {
        return selector != null
                && (selector.getMatchLabels() == null
                        || selector.getMatchLabels().isEmpty())
                && selector.getMatchExpressions().isEmpty();
    }

    /// True if `labels` holds all of `wanted`.
    static boolean matches(Map<String, String> wanted, Map<String, String> labels) {
        Map<String, String> present = labels == null ? Map.of() : labels;
        return wanted == null
                || wanted.entrySet().stream().allMatch(entry -> entry.getValue().equals(present.get(entry.getKey())));
    }

    /// As Go prints it in messages: `&LabelSelector{MatchLabels:map[string]string{app: web,},MatchExpressions:[]…}`.
    static String text(LabelSelector selector) {
        return selector == null
                ? "nil"
                : dev.longshore.kinds.kit.Selectors.shownAsGo(Json.parse(Serialization.asJson(selector)));
    }

    private static boolean matches(LabelSelectorRequirement rule, Map<String, String> labels) {
        return SetOperators.fits(labels, rule.getKey(), rule.getOperator(), rule.getValues());
    }
}
