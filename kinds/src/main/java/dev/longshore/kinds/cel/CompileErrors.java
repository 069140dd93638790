package dev.longshore.kinds.cel;

import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import java.util.List;
import java.util.stream.Collectors;

/// What is wrong with an expression, in the words of the original's compiler.
final class CompileErrors {

    /// How the parser begins when it meets what it cannot read.
    private static final List<String> UNREADABLE = List.of(
            "mismatched input", "extraneous input", "no viable alternative", "token recognition error", "missing ");

    private CompileErrors() {}

    static String shown(CelValidationException invalid) {
        return invalid.getErrors().stream()
                .map(CompileErrors::worded)
                .map(issue -> issue.toDisplayString(invalid.getSource()))
                .collect(Collectors.joining("\n"));
    }

    private static CelIssue worded(CelIssue issue) {
        String message = issue.getMessage();
        boolean isUnreadable = UNREADABLE.stream().anyMatch(message::startsWith);
        // The original does not say what would have matched.
        int candidates = message.indexOf(" (candidates: ");
        String worded =
                isUnreadable ? "Syntax error: " + message : candidates < 0 ? message : message.substring(0, candidates);
        return CelIssue.formatError(issue.getSourceLocation(), worded);
    }

    /// A type as Go prints it: `list(int)`, `null_type`, `google.protobuf.Timestamp`.
    static String named(CelType type) {
        return type.parameters().isEmpty()
                ? type.name()
                : type.name()
                        + type.parameters().stream()
                                .map(CompileErrors::named)
                                .collect(Collectors.joining(", ", "(", ")"));
    }
}
