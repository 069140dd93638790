package dev.longshore.builder.instructions;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.util.Map;
import java.util.stream.Collectors;

/// `ENV name=value …`: variables of this build's later steps and of every container.
final class Env implements Instruction {

    @Override
    public String keyword() {
        return "ENV";
    }

    @Override
    public void apply(Line line, Build build) {
        Map<String, String> pairs = Texts.pairs(line, build);
        String text = pairs.entrySet().stream().map(Map.Entry::toString).collect(Collectors.joining(" "));
        build.stage().configure(Texts.noted("ENV", text), build.stage().run().withEnv(pairs));
    }
}
