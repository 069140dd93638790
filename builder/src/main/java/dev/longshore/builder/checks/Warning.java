package dev.longshore.builder.checks;

import dev.longshore.builder.dockerfile.Source;

/// Something that a rule found.
///
/// @param message what it is, here
/// @param first its first line, from 1
/// @param last its last line
public record Warning(Rule rule, String message, Source source, int first, int last) {

    /// On one line: `StageNameCasing: Stage name 'Build' should be lowercase (line 3)`.
    public String line() {
        return rule.title() + ": " + message + " (line " + first + ")";
    }

    /// At length: with the rule's page, what to do, and the lines.
    public String text() {
        String page = rule.page().isEmpty() ? "" : " - " + rule.page();
        return "WARNING: " + rule.title() + page + "\n" + message + "\n" + rule.hint() + "\n"
                + source.excerpt(first, last);
    }
}
