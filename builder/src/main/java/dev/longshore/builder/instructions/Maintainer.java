package dev.longshore.builder.instructions;

import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.io.IOException;

/// `MAINTAINER name`: the author; a LABEL says the same today.
final class Maintainer implements Instruction {

    @Override
    public String keyword() {
        return "MAINTAINER";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        build.stage().author(Commands.only(line));
    }
}
