package dev.longshore.builder.instructions;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/// `FROM [--platform=P] image [AS name]`: begins a stage on an image, an earlier stage, or nothing (`scratch`);
/// which it is has been found out with the plan.
final class From implements Instruction {

    @Override
    public String keyword() {
        return "FROM";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        Texts.allow(line, Set.of("platform"));
        build.begin(line);
        List<String> triggers = build.stage().run().onBuild();
        if (!triggers.isEmpty()) {
            build.say("# Executing " + triggers.size() + " build trigger" + (triggers.size() == 1 ? "" : "s") + "\n");
            build.stage().withoutTriggers();
            build.trigger(triggers);
        }
    }
}
