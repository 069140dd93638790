package dev.longshore.builder.instructions;

import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;

/// `VOLUME path …`: directories whose contents are not part of a container.
final class Volume implements Instruction {

    @Override
    public String keyword() {
        return "VOLUME";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        List<String> paths = Commands.volume(line).paths().stream()
                .map(path -> build.expand(line, path))
                .toList();
        if (paths.contains("")) {
            throw line.wrong("VOLUME specified can not be an empty string");
        }
        build.stage()
                .configure(
                        Texts.noted("VOLUME", Texts.plainList(paths)),
                        build.stage().run().withVolumes(new LinkedHashSet<>(paths)));
    }
}
