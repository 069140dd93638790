package dev.longshore.builder.instructions;

import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.io.IOException;
import java.util.List;

/// `CMD command`: what a container runs, or the arguments of its ENTRYPOINT.
final class Cmd implements Instruction {

    @Override
    public String keyword() {
        return "CMD";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        List<String> command = Commands.invocation(line).with(build.stage().shell());
        build.stage().ownsCommand();
        build.stage()
                .configure(
                        Texts.noted("CMD", Texts.list(command)),
                        build.stage().run().starting(build.stage().run().entrypoint(), command));
    }
}
