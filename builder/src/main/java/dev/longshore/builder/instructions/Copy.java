package dev.longshore.builder.instructions;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.io.IOException;

/// `COPY [--from=F] [--chown=U:G] [--chmod=M] source… destination`.
final class Copy implements Instruction {

    @Override
    public String keyword() {
        return "COPY";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        Transfer.apply(line, build, false);
    }
}
