package dev.longshore.builder.instructions;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.util.LinkedHashSet;
import java.util.List;

/// `VOLUME path …`: directories whose contents are not part of a container.
final class Volume implements Instruction {

    @Override
    public String keyword() {
        return "VOLUME";
    }

    @Override
    public void apply(Line line, Build build) {
        Texts.required(line);
        List<String> paths = line.json().orElseGet(() -> build.expandAll(line));
        for (String path : paths) {
            if (path.isBlank()) {
                throw line.wrong("VOLUME specified can not be an empty string");
            }
        }
        build.stage()
                .configure(
                        Texts.noted("VOLUME", Texts.list(paths)),
                        build.stage().run().withVolumes(new LinkedHashSet<>(paths)));
    }
}
