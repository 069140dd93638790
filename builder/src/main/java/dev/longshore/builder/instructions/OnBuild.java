package dev.longshore.builder.instructions;

import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.io.IOException;
import java.util.ArrayList;

/// `ONBUILD instruction`: what to do first in builds on this image.
final class OnBuild implements Instruction {

    @Override
    public String keyword() {
        return "ONBUILD";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        String text = Commands.onBuild(line).text();
        var triggers = new ArrayList<>(build.stage().run().onBuild());
        triggers.add(text);
        build.stage()
                .configure(Texts.noted("ONBUILD", text), build.stage().run().withOnBuild(triggers));
    }
}
