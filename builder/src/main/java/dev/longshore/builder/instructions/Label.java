package dev.longshore.builder.instructions;

import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.io.IOException;
import java.util.Map;

/// `LABEL name=value …`.
final class Label implements Instruction {

    @Override
    public String keyword() {
        return "LABEL";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        Map<String, String> pairs = Texts.expanded(line, Commands.label(line).pairs(), build);
        build.stage()
                .configure(
                        Texts.noted("LABEL", Texts.pairs(pairs)),
                        build.stage().run().labelled(pairs));
    }
}
