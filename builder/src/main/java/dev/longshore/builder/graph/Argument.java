package dev.longshore.builder.graph;

import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.dockerfile.Line;
import java.util.List;
import java.util.Optional;

/// One `name[=default]` of an ARG line.
///
/// @param fallback the default as it is written
public record Argument(String name, Optional<String> fallback) {

    /// Those of `line`.
    ///
    /// @throws dev.longshore.builder.dockerfile.DockerfileException when there is none, or one has no name
    public static List<Argument> of(Line line) {
        return Commands.arg(line).declarations().stream()
                .map(declared -> new Argument(declared.name(), declared.value()))
                .toList();
    }
}
