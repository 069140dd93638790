package dev.longshore.builder.checks;

import dev.longshore.builder.commands.Recipe;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.graph.Platforms;

/// One build check. Has no state; looks at whatever it needs, and adds to the findings what it minds.
interface Check {

    /// Looks at a line by itself. Called in order, and no more behind a line that is wrong.
    default void line(Line line, Findings findings) {}

    /// Looks at a file of which every line is right.
    default void file(Recipe recipe, Surroundings surroundings, Findings findings) {}

    /// Looks at what a stage begins with.
    default void from(StageBegin begin, Platforms platforms, Findings findings) {}

    /// Looks at an instruction of a stage.
    default void step(Step step, Findings findings) {}
}
