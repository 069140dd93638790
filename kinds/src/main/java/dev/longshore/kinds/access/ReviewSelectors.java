package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Authorizer.Selection;
import dev.longshore.model.FieldSelector;
import dev.longshore.model.LabelSelector;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The selectors in a question about access. What of them cannot be read is left out of the question, which asks for
/// more then, and the answer says so.
final class ReviewSelectors {

    private ReviewSelectors() {}

    /// The selection in `attributes`, as a text or as requirements.
    static Selection of(JsonNode attributes) {
        JsonNode fields = attributes.path("fieldSelector");
        JsonNode labels = attributes.path("labelSelector");
        Selection raw = Selection.parse(Trees.text(fields, "rawSelector"), Trees.text(labels, "rawSelector"));
        List<ObjectNode> byField = Trees.list(fields, "requirements");
        List<ObjectNode> byLabel = Trees.list(labels, "requirements");
        if (byField.isEmpty() && byLabel.isEmpty()) {
            return raw;
        }
        var errors = new ArrayList<String>();
        List<FieldSelector.Requirement> fieldsRead = byField.isEmpty() ? raw.fields() : fields(byField, errors);
        String fieldError = byField.isEmpty() ? raw.fieldError() : String.join(", ", errors);
        errors.clear();
        List<LabelSelector.Requirement> labelsRead = byLabel.isEmpty() ? raw.labels() : labels(byLabel, errors);
        String labelError = byLabel.isEmpty() ? raw.labelError() : String.join(", ", errors);
        return new Selection(fieldsRead, labelsRead, fieldError, labelError);
    }

    /// Fields are compared with one value.
    private static List<FieldSelector.Requirement> fields(List<ObjectNode> requirements, List<String> errors) {
        var read = new ArrayList<FieldSelector.Requirement>();
        for (ObjectNode requirement : requirements) {
            String operator = Trees.text(requirement, "operator");
            List<String> values = Trees.strings(requirement, "values");
            boolean isKnown = operator.equals("In") || operator.equals("NotIn");
            if (isKnown && values.size() == 1) {
                read.add(new FieldSelector.Requirement(
                        Trees.text(requirement, "key"), operator.equals("In"), values.getFirst()));
            } else {
                errors.add(operator + " of " + values.size() + " values");
            }
        }
        return read;
    }

    private static List<LabelSelector.Requirement> labels(List<ObjectNode> requirements, List<String> errors) {
        var read = new ArrayList<LabelSelector.Requirement>();
        for (ObjectNode requirement : requirements) {
            String operator = Trees.text(requirement, "operator");
            LabelSelector.Operator known =
                    switch (operator) {
                        case "In" -> LabelSelector.Operator.IN;
                        case "NotIn" -> LabelSelector.Operator.NOT_IN;
                        case "Exists" -> LabelSelector.Operator.EXISTS;
                        case "DoesNotExist" -> LabelSelector.Operator.MISSING;
                        default -> null;
                    };
            if (known == null) {
                errors.add(operator);
                continue;
            }
            read.add(new LabelSelector.Requirement(
                    Trees.text(requirement, "key"), known, new LinkedHashSet<>(Trees.strings(requirement, "values"))));
        }
        return read;
    }

    /// What was left out, in the words of answers; empty if nothing was.
    static String ignored(Selection selection) {
        var ignored = new ArrayList<String>();
        tell(
                ignored,
                "fieldSelector",
                selection.fieldError(),
                !selection.fields().isEmpty());
        tell(
                ignored,
                "labelSelector",
                selection.labelError(),
                !selection.labels().isEmpty());
        return String.join("; ", ignored);
    }

    private static void tell(List<String> ignored, String field, String error, boolean isPartial) {
        if (!error.isEmpty()) {
            ignored.add("spec.resourceAttributes." + field + (isPartial ? " partially" : "")
                    + " ignored due to parse error");
        }
    }
}
