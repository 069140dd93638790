package dev.longshore.builder.instructions;

import dev.longshore.builder.commands.Command;
import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.remote.Addresses;
import dev.longshore.builder.stage.Build;
import dev.longshore.builder.stage.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// `COPY [flags] source… destination`: files of the context, a stage, an image or a named context, and
/// here-documents.
final class Copy implements Instruction {

    private static final String CONTEXT = "build context or excluded by .dockerignore";

    @Override
    public String keyword() {
        return "COPY";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        Command.Places places = Commands.copy(line).places();
        var transfer = new Transfer(line, places, build);
        var sources = new Sources(line, build, transfer.flags());
        Optional<String> from = transfer.flags().from();
        Origin origin = build.origin(line, from);
        for (String written : places.sources()) {
            String source = build.expand(line, written);
            if (Addresses.isRemote(source)) {
                throw line.wrong("source can't be a URL for COPY: use ADD");
            }
            if (transfer.flags().keepsParents()) {
                sources.parents(origin, from.orElse(CONTEXT), source);
            } else {
                sources.files(origin, from.orElse(CONTEXT), source, false);
            }
        }
        Path scratch = build.scratch();
        try {
            sources.documents(places, transfer, scratch);
            transfer.apply(sources.pieces());
        } finally {
            build.discard(scratch);
        }
    }
}
