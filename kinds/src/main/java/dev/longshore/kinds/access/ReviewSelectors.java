package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.FaultException;
import dev.longshore.model.FieldSelector;
import dev.longshore.model.LabelSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The selectors in a question about access. What of them cannot be read is left out of the question, which asks for
/// more then, and the answer says so.
final class ReviewSelectors {

    private static final List<String> LABEL_OPERATORS = List.of("In", "NotIn", "Exists", "DoesNotExist");

    private ReviewSelectors() {}

    /// What was left out of the question about `attributes`; empty if nothing was.
    static String ignored(JsonNode attributes) {
        var ignored = new ArrayList<String>();
        find(ignored, attributes, "fieldSelector", FieldSelector::parse, ReviewSelectors::isReadableField);
        find(ignored, attributes, "labelSelector", LabelSelector::parse, ReviewSelectors::isReadableLabel);
        return String.join("; ", ignored);
    }

    private static void find(
            List<String> ignored,
            JsonNode attributes,
            String field,
            Consumer<String> parse,
            Predicate<ObjectNode> isReadable) {
        JsonNode selector = attributes.path(field);
        String path = "spec.resourceAttributes." + field;
        List<ObjectNode> requirements = Trees.list(selector, "requirements");
        long readable = requirements.stream().filter(isReadable).count();
        if (readable < requirements.size()) {
            ignored.add(path + (readable > 0 ? " partially" : "") + " ignored due to parse error");
        } else if (!isParsed(Trees.text(selector, "rawSelector"), parse)) {
            ignored.add(path + " ignored due to parse error");
        }
    }

    private static boolean isParsed(String raw, Consumer<String> parse) {
        try {
            parse.accept(raw);
            return true;
        } catch (FaultException unreadable) {
            return false;
        }
    }

    private static boolean isReadableLabel(ObjectNode requirement) {
        return LABEL_OPERATORS.contains(Trees.text(requirement, "operator"));
    }

    /// Fields are compared with one value.
    private static boolean isReadableField(ObjectNode requirement) {
        String operator = Trees.text(requirement, "operator");
        return requirement.path("values").size() == 1 && (operator.equals("In") || operator.equals("NotIn"));
    }
}
