package dev.longshore.builder.instructions;

import dev.longshore.builder.commands.Command;
import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.flags.TransferFlags;
import dev.longshore.builder.remote.Addresses;
import dev.longshore.builder.remote.FetchException;
import dev.longshore.builder.remote.GitAddress;
import dev.longshore.builder.stage.Build;
import dev.longshore.builder.stage.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `ADD [flags] source… destination`: as COPY, and fetches files and repositories, and unpacks archives.
final class Add implements Instruction {

    private static final String CONTEXT = "build context or excluded by .dockerignore";

    @Override
    public String keyword() {
        return "ADD";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        Command.Places places = Commands.add(line).places();
        var transfer = new Transfer(line, places, build);
        var sources = new Sources(line, build, transfer.flags());
        var written = new ArrayList<String>();
        places.sources().forEach(source -> written.add(build.expand(line, source)));
        check(line, transfer.flags(), written);
        Path scratch = build.scratch();
        try {
            var remote = new RemoteSources(line, build, transfer.flags(), sources.choice(), scratch);
            for (String source : written) {
                add(line, build, sources, remote, transfer.flags(), source);
            }
            sources.documents(places, transfer, scratch);
            transfer.apply(sources.pieces());
        } catch (FetchException failed) {
            throw line.failed("ADD failed: " + failed.getMessage(), 1, failed);
        } finally {
            build.discard(scratch);
        }
    }

    private static void add(
            Line line, Build build, Sources sources, RemoteSources remote, TransferFlags flags, String source)
            throws IOException, InterruptedException {
        Optional<GitAddress> git = git(line, source);
        if (git.isPresent()) {
            sources.late(remote.repository(git.get()));
        } else if (Addresses.isHttp(source)) {
            sources.late(remote.file(source));
        } else {
            Origin context = build.origin(line, Optional.empty());
            sources.files(context, CONTEXT, source, flags.unpacks().orElse(true));
        }
    }

    private static void check(Line line, TransferFlags flags, List<String> sources) {
        if (flags.checksum().isPresent()) {
            if (sources.size() != 1) {
                throw line.wrong("checksum can't be specified for multiple sources");
            }
            if (!Addresses.isRemote(sources.getFirst())) {
                throw line.wrong("checksum requires HTTP(S) or Git sources");
            }
        }
    }

    private static Optional<GitAddress> git(Line line, String source) {
        try {
            return GitAddress.parse(source);
        } catch (IllegalArgumentException wrong) {
            throw line.wrong(wrong.getMessage());
        }
    }
}
