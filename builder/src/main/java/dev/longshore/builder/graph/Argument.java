package dev.longshore.builder.graph;

import dev.longshore.builder.dockerfile.Line;
import java.util.ArrayList;
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
        var arguments = new ArrayList<Argument>();
        for (String word : line.words()) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            if (name.isEmpty()) {
                throw line.wrong("ARG names can not be blank");
            }
            arguments.add(new Argument(name, equals < 0 ? Optional.empty() : Optional.of(word.substring(equals + 1))));
        }
        if (arguments.isEmpty()) {
            throw line.wrong("ARG requires at least one argument");
        }
        return List.copyOf(arguments);
    }
}
