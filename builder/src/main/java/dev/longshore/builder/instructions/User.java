package dev.longshore.builder.instructions;

import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.io.IOException;

/// `USER name[:group]`: who runs later steps and containers.
final class User implements Instruction {

    @Override
    public String keyword() {
        return "USER";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        String user = build.expand(line, Commands.only(line));
        build.stage().configure(Texts.noted("USER", user), build.stage().run().withUser(user));
    }
}
