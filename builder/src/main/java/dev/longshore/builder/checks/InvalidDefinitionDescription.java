package dev.longshore.builder.checks;

import dev.longshore.builder.commands.Command;
import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.dockerfile.Line;
import java.util.List;

/// The comment right above a named stage or an argument describes it, if it begins with the name.
final class InvalidDefinitionDescription implements Check {

    @Override
    public void line(Line line, Findings findings) {
        List<String> names = names(line);
        if (names.isEmpty() || line.comments().isEmpty()) {
            return;
        }
        String first = line.comments().getLast().split(" ", 2)[0];
        if (!names.contains(first)) {
            findings.add(
                    Rule.INVALID_DEFINITION_DESCRIPTION,
                    line,
                    "Comment for " + line.keyword() + " should follow the format: `# "
                            + (names.size() == 1 ? names.getFirst() : "<arg_key>") + " <description>`");
        }
    }

    private static List<String> names(Line line) {
        try {
            return switch (line.keyword()) {
                case "FROM" -> Commands.from(line).name().stream().toList();
                case "ARG" ->
                    Commands.arg(line).declarations().stream()
                            .map(Command.Declaration::name)
                            .toList();
                default -> List.of();
            };
        } catch (DockerfileException wrong) {
            // Comes up again where the line is read.
            return List.of();
        }
    }
}
