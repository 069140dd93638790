package dev.longshore.kinds.authorization.webhook;

import dev.longshore.kinds.cel.Expression;
import dev.longshore.kinds.cel.ReviewExpression;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Which questions a back end is asked: those for which all of these hold. Thread-safe.
public record MatchConditions(List<ReviewExpression> conditions) {

    /// Every question.
    public static final MatchConditions NONE = new MatchConditions(List.of());

    private static final List<String> USER = List.of("user", "uid");
    private static final List<String> RESOURCE =
            List.of("namespace", "verb", "group", "version", "resource", "subresource", "name");

    public MatchConditions {
        conditions = List.copyOf(conditions);
    }

    /// What comes of them.
    ///
    /// @param errors of those that could not be evaluated, unless another excludes the question anyway
    record Outcome(boolean fits, List<String> errors) {}

    Outcome evaluate(ObjectNode spec) {
        if (conditions.isEmpty()) {
            return new Outcome(true, List.of());
        }
        Object question = ReviewExpression.value(complete(spec));
        var errors = new ArrayList<String>();
        for (ReviewExpression condition : conditions) {
            Optional<Boolean> fits = fits(condition, question, errors);
            if (fits.isPresent() && !fits.get()) {
                return new Outcome(false, List.of());
            }
        }
        return new Outcome(errors.isEmpty(), errors);
    }

    private static Optional<Boolean> fits(ReviewExpression condition, Object question, List<String> errors) {
        try {
            return Optional.of(condition.fits(question));
        } catch (Expression.Failed failed) {
            errors.add("cel evaluation error: expression '" + condition.text() + "' resulted in error: "
                    + failed.getMessage());
            return Optional.empty();
        }
    }

    /// With the texts and lists that are empty: expressions need not ask whether they are there.
    private static ObjectNode complete(ObjectNode spec) {
        ObjectNode complete = spec.deepCopy();
        fill(complete, USER);
        if (!complete.has("groups")) {
            complete.putArray("groups");
        }
        if (!complete.has("extra")) {
            complete.putObject("extra");
        }
        JsonNode resource = complete.path("resourceAttributes");
        if (resource instanceof ObjectNode attributes) {
            fill(attributes, RESOURCE);
        }
        JsonNode path = complete.path("nonResourceAttributes");
        if (path instanceof ObjectNode attributes) {
            fill(attributes, List.of("path", "verb"));
        }
        return complete;
    }

    private static void fill(ObjectNode node, List<String> fields) {
        for (String field : fields) {
            if (!node.has(field)) {
                node.put(field, "");
            }
        }
    }
}
