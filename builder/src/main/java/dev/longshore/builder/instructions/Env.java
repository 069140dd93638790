package dev.longshore.builder.instructions;

import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.io.IOException;
import java.util.Map;

/// `ENV name=value …`: variables of this build's later steps and of every container.
final class Env implements Instruction {

    @Override
    public String keyword() {
        return "ENV";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        Map<String, String> pairs = Texts.expanded(line, Commands.env(line).pairs(), build);
        build.stage().sets(pairs.keySet());
        build.stage()
                .configure(
                        Texts.noted("ENV", Texts.pairs(pairs)),
                        build.stage().run().withEnv(pairs));
    }
}
