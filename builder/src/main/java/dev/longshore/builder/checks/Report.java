package dev.longshore.builder.checks;

import dev.longshore.base.Json;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.dockerfile.Source;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// What the checks of a Dockerfile came to.
///
/// @param warnings by line
/// @param error what is wrong with the file, where something is; the warnings are those found before it
/// @param failsBuild whether warnings are errors
public record Report(Source source, List<Warning> warnings, Optional<DockerfileException> error, boolean failsBuild) {

    public Report {
        warnings = warnings.stream()
                .sorted(Comparator.comparingInt(Warning::first))
                .toList();
    }

    /// 0 if there is nothing to say, else 1: what a command that only checks exits with.
    public int exitCode() {
        return warnings.isEmpty() && error.isEmpty() ? 0 : 1;
    }

    /// What a build must fail with, if warnings are errors and there are some.
    public Optional<DockerfileException> failure() {
        if (!failsBuild || warnings.isEmpty()) {
            return Optional.empty();
        }
        String rules = warnings.stream()
                .map(warning -> warning.rule().title())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        Warning first = warnings.getFirst();
        return Optional.of(first.source()
                .wrong(first.first(), "lint violation found for rules: " + rules + ": " + first.message()));
    }

    /// For people, as `docker build --call=check` prints it.
    public String text() {
        var text = new StringBuilder();
        int count = warnings.size();
        text.append(
                count == 0
                        ? "Check complete, no warnings found.\n"
                        : "Check complete, " + count + " warning" + (count == 1 ? " has" : "s have")
                                + " been found!\n");
        warnings.forEach(warning -> text.append('\n').append(warning.text()));
        error.ifPresent(wrong -> text.append('\n')
                .append(wrong.excerpt())
                .append("ERROR: ")
                .append(wrong.getMessage())
                .append('\n'));
        return text.toString();
    }

    /// For programs, as `--call=check,format=json` prints it.
    public ObjectNode json() {
        ObjectNode tree = Json.object();
        var list = tree.putArray("warnings");
        for (Warning warning : warnings) {
            ObjectNode node = list.addObject();
            node.put("ruleName", warning.rule().title());
            node.put("description", warning.rule().description());
            if (!warning.rule().page().isEmpty()) {
                node.put("url", warning.rule().page());
            }
            node.put("detail", warning.message());
            Locations.put(node, "location", warning.first(), warning.last());
        }
        ObjectNode file = tree.putArray("sources").addObject();
        file.put("filename", source.file());
        file.put("language", "Dockerfile");
        file.put("data", Descriptions.base64(source));
        error.ifPresent(wrong -> {
            ObjectNode node = tree.putObject("buildError");
            node.put("message", wrong.getMessage());
            Locations.put(node, "location", wrong.line(), wrong.lastLine());
        });
        return tree;
    }
}
