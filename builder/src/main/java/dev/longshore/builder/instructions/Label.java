package dev.longshore.builder.instructions;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.util.Map;
import java.util.stream.Collectors;

/// `LABEL name=value …`.
final class Label implements Instruction {

    @Override
    public String keyword() {
        return "LABEL";
    }

    @Override
    public void apply(Line line, Build build) {
        Map<String, String> pairs = Texts.pairs(line, build);
        String text = pairs.entrySet().stream().map(Map.Entry::toString).collect(Collectors.joining(" "));
        build.stage().configure(Texts.noted("LABEL", text), build.stage().run().labelled(pairs));
    }
}
