package dev.longshore.builder.checks;

import dev.longshore.builder.commands.Command;
import dev.longshore.builder.commands.Recipe;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.dockerfile.Words;
import dev.longshore.builder.graph.GlobalArguments;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Reference;
import java.util.List;
import java.util.Map;

/// Whether a build without any `--build-arg` would find its bases.
final class InvalidDefaultArgInFrom implements Check {

    @Override
    public void file(Recipe recipe, Surroundings surroundings, Findings findings) {
        Map<String, String> defaults;
        try {
            List<Line> head = recipe.globals().stream().map(Command.Arg::line).toList();
            defaults = GlobalArguments.of(head, surroundings.automatic(recipe.lastName()), Map.of())
                    .values();
        } catch (DockerfileException unreadable) {
            // The same comes up again where it counts.
            return;
        }
        for (Recipe.Stage stage : recipe.stages()) {
            Line line = stage.from().line();
            String written = stage.from().base();
            if (!isName(line, written, defaults)) {
                findings.add(
                        Rule.INVALID_DEFAULT_ARG_IN_FROM,
                        line,
                        "Default value for ARG " + written + " results in empty or invalid base image name");
            }
        }
    }

    private static boolean isName(Line line, String written, Map<String, String> defaults) {
        String base;
        try {
            base = Words.expand(written, line.escape(), defaults);
        } catch (IllegalArgumentException unreadable) {
            return true;
        }
        try {
            Reference.parse(base);
            return true;
        } catch (ImageFaultException | IllegalArgumentException none) {
            return false;
        }
    }
}
