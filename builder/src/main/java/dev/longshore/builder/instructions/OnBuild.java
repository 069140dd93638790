package dev.longshore.builder.instructions;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Set;

/// `ONBUILD instruction`: what to do first in builds on this image.
final class OnBuild implements Instruction {

    private static final Set<String> FORBIDDEN = Set.of("FROM", "MAINTAINER", "ONBUILD");

    @Override
    public String keyword() {
        return "ONBUILD";
    }

    @Override
    public void apply(Line line, Build build) {
        String text = Texts.required(line);
        String keyword = text.split("\\s", 2)[0].toUpperCase(Locale.ROOT);
        if (FORBIDDEN.contains(keyword)) {
            throw line.wrong(
                    keyword.equals("ONBUILD")
                            ? "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"
                            : keyword + " isn't allowed as an ONBUILD trigger");
        }
        if (!Instructions.keywords().contains(keyword)) {
            throw line.wrong("unknown instruction: " + keyword);
        }
        var triggers = new ArrayList<>(build.stage().run().onBuild());
        triggers.add(text);
        build.stage()
                .configure(Texts.noted("ONBUILD", text), build.stage().run().withOnBuild(triggers));
    }
}
