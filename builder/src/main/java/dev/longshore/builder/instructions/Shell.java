package dev.longshore.builder.instructions;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.util.List;

/// `SHELL ["program", "argument"]`: what runs shell forms from here on.
final class Shell implements Instruction {

    @Override
    public String keyword() {
        return "SHELL";
    }

    @Override
    public void apply(Line line, Build build) {
        List<String> shell = line.json()
                .filter(list -> !list.isEmpty())
                .orElseThrow(() -> line.wrong("SHELL requires the arguments to be in JSON form"));
        build.stage()
                .configure(
                        Texts.noted("SHELL", Texts.list(shell)),
                        build.stage().run().withShell(shell));
    }
}
