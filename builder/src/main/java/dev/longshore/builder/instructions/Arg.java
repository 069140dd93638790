package dev.longshore.builder.instructions;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.graph.Argument;
import dev.longshore.builder.stage.Build;

/// `ARG name[=default] …`: a variable that whoever builds may set; gone when the build is over.
final class Arg implements Instruction {

    @Override
    public String keyword() {
        return "ARG";
    }

    @Override
    public void apply(Line line, Build build) {
        for (Argument argument : Argument.of(line)) {
            var fallback = argument.fallback().map(word -> build.expand(line, word));
            build.value(argument.name(), fallback)
                    .ifPresent(value -> build.stage().declare(argument.name(), value));
        }
    }
}
