package dev.longshore.builder.checks;

import dev.longshore.builder.commands.Command;
import dev.longshore.builder.commands.Recipe;
import dev.longshore.builder.dockerfile.Line;
import java.util.List;

/// An instruction of a stage, and the stage as it is before it; what an ARG declares is declared already.
///
/// @param words those that expand, in order
record Step(Recipe.Stage stage, Command command, List<TracedWord> words, StageScope before, Surroundings surroundings) {

    Line line() {
        return command.line();
    }
}
