package dev.longshore.builder.instructions;

import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.io.IOException;
import java.util.List;

/// `ENTRYPOINT command`: what a container always runs. A CMD that the base image brought goes with it.
final class Entrypoint implements Instruction {

    @Override
    public String keyword() {
        return "ENTRYPOINT";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        List<String> entrypoint = Commands.invocation(line).with(build.stage().shell());
        List<String> command =
                build.stage().hasOwnCommand() ? build.stage().run().command() : List.of();
        build.stage()
                .configure(
                        Texts.noted("ENTRYPOINT", Texts.list(entrypoint)),
                        build.stage().run().starting(entrypoint, command));
    }
}
