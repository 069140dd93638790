package dev.longshore.builder.graph;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.images.Platform;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A stage before anything is done about it.
///
/// @param index its number in the Dockerfile, from 0
/// @param name in lower case
/// @param platform that FROM asks for, or that of the stage that it goes on from
/// @param lines FROM first
/// @param needs the stages whose results it uses, all with lower numbers
public record PlannedStage(
        int index,
        Optional<String> name,
        Base base,
        Optional<Platform> platform,
        List<Line> lines,
        Set<Integer> needs) {

    public PlannedStage {
        lines = List.copyOf(lines);
        needs = Set.copyOf(needs);
    }

    /// Its name, or `stage-N`.
    public String title() {
        return name.orElse("stage-" + index);
    }

    /// The same on another base.
    PlannedStage on(Base other) {
        return new PlannedStage(index, name, other, platform, lines, needs);
    }

    /// All of it replaced by `other`: only its FROM is left.
    PlannedStage replaced(Base other) {
        return new PlannedStage(index, name, other, platform, lines.subList(0, 1), Set.of());
    }
}
