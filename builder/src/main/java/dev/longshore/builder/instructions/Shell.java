package dev.longshore.builder.instructions;

import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.io.IOException;
import java.util.List;

/// `SHELL ["program", "argument"]`: what runs shell forms from here on.
final class Shell implements Instruction {

    @Override
    public String keyword() {
        return "SHELL";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        List<String> shell = Commands.shell(line).command();
        build.stage()
                .configure(
                        Texts.noted("SHELL", Texts.plainList(shell)),
                        build.stage().run().withShell(shell));
    }
}
