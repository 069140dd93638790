package dev.longshore.kinds.custom;

import dev.longshore.kinds.cel.Expression;
import dev.longshore.kinds.kit.Trees;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// One of the `x-kubernetes-validations` of a schema, compiled.
///
/// @param said as the definition says it
/// @param expression must be true
/// @param message makes the refusal's words, if the definition wants that
record Rule(JsonNode said, Expression expression, Optional<Expression> message) {

    boolean isOldOptional() {
        return Trees.flag(said, "optionalOldSelf");
    }

    /// Its words, or else what it says.
    String shown() {
        String words = Trees.text(said, "message");
        return (words.isEmpty() ? Trees.text(said, "rule") : words).strip();
    }

    /// What is said when it is broken, unless an expression makes other words.
    String refusal() {
        String words = Trees.text(said, "message");
        return words.isEmpty() ? "failed rule: " + shown() : words.strip();
    }
}
