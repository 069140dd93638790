package dev.longshore.builder.instructions;

import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.commands.Ports;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.dockerfile.Words;
import dev.longshore.builder.stage.Build;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// `EXPOSE port[/protocol] …`: on which ports a container listens.
final class Expose implements Instruction {

    @Override
    public String keyword() {
        return "EXPOSE";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        List<String> written = new ArrayList<>();
        for (String port : Commands.expose(line).ports()) {
            written.addAll(
                    Words.expandToWords(port, line.escape(), build.stage().variables()));
        }
        var ports = new TreeSet<String>();
        written.forEach(port -> ports.addAll(Ports.of(port)));
        build.stage()
                .configure(
                        Texts.noted("EXPOSE", String.join(" ", written)),
                        build.stage().run().exposing(ports));
    }
}
