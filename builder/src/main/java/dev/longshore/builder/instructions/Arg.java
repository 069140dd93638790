package dev.longshore.builder.instructions;

import dev.longshore.builder.attest.ScanArguments;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.graph.Argument;
import dev.longshore.builder.stage.Build;
import java.io.IOException;
import java.util.Optional;
import java.util.StringJoiner;

/// `ARG name[=default] …`: a variable that whoever builds may set; gone when the build is over.
final class Arg implements Instruction {

    @Override
    public String keyword() {
        return "ARG";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        var noted = new StringJoiner(" ");
        for (Argument argument : Argument.of(line)) {
            // What is given comes in place of a default: then nobody reads that.
            boolean isGiven = build.wishes().arguments().containsKey(argument.name());
            Optional<String> fallback =
                    isGiven ? Optional.empty() : argument.fallback().map(word -> build.expand(line, word));
            build.value(argument.name(), fallback)
                    .filter(value -> !ScanArguments.isOne(argument.name()))
                    .ifPresent(value -> build.stage().declare(argument.name(), value));
            noted.add(argument.name() + fallback.map(value -> "=" + value).orElse(""));
        }
        build.stage()
                .configure(Texts.noted("ARG", noted.toString()), build.stage().run());
    }
}
