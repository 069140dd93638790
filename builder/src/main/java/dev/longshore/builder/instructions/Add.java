package dev.longshore.builder.instructions;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.io.IOException;

/// `ADD source… destination`: as COPY, and unpacks local archives.
final class Add implements Instruction {

    @Override
    public String keyword() {
        return "ADD";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        if (line.flag("from").isPresent()) {
            throw line.wrong("unknown flag: --from");
        }
        for (String word : line.fields()) {
            if (word.startsWith("http://") || word.startsWith("https://") || word.startsWith("git@")) {
                throw line.wrong("ADD from a URL is not supported: fetch it in a RUN step, or before the build");
            }
        }
        Transfer.apply(line, build, true);
    }
}
