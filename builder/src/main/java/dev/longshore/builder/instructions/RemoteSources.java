package dev.longshore.builder.instructions;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.flags.TransferFlags;
import dev.longshore.builder.remote.Checksum;
import dev.longshore.builder.remote.Downloads;
import dev.longshore.builder.remote.GitAddress;
import dev.longshore.builder.stage.Build;
import dev.longshore.builder.stage.SourceTree;
import dev.longshore.builder.transfer.Choice;
import dev.longshore.builder.transfer.Piece;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What an ADD fetches. It finds out what is there before the step, so that the cache can be asked; most of the
/// time it fetches only when the cache has no answer.
final class RemoteSources {

    private static final String WHOLE = "/";

    private final Line line;
    private final Build build;
    private final TransferFlags flags;
    private final Choice choice;
    private final Path scratch;
    private int count;

    RemoteSources(Line line, Build build, TransferFlags flags, Choice choice, Path scratch) {
        this.line = line;
        this.build = build;
        this.flags = flags;
        this.choice = choice;
        this.scratch = scratch;
    }

    /// The file at `url`.
    Piece.Late file(String url) throws IOException, InterruptedException {
        Downloads downloads = build.tools().downloads();
        Path directory = next();
        boolean unpacks = flags.unpacks().orElse(false);
        String meaning = (unpacks ? "unpacked " : "file ");
        if (flags.checksum().isPresent()) {
            Checksum checksum = checksum(flags.checksum().get());
            String name = Downloads.nameOf(url);
            build.session().materials().download(url, checksum.text());
            return new Piece.Late(meaning + checksum.text(), name, () -> {
                downloads.fetch(url, checksum, directory.resolve(name));
                return piece(directory, "/" + name, unpacks);
            });
        }
        Path draft = directory.resolve("download");
        Downloads.Known known = downloads.look(url, draft);
        build.session().materials().download(url, known.digest().toString());
        boolean isHere = Files.exists(draft);
        return new Piece.Late(meaning + known.digest() + " of " + known.modified(), known.name(), () -> {
            Path place = directory.resolve(known.name());
            if (isHere) {
                Files.move(draft, place);
            } else {
                downloads.fetch(url, Checksum.parse(known.digest().toString()), place);
            }
            return piece(directory, "/" + known.name(), unpacks);
        });
    }

    /// What the repository has.
    Piece.Late repository(GitAddress written) throws IOException, InterruptedException {
        GitAddress address = flags.checksum().map(written::at).orElse(written);
        String commit = build.tools().repositories().commit(address, next());
        build.session().materials().repository(address, commit);
        boolean keeps = flags.keepsGitDirectory().or(address::keepsGitDirectory).orElse(false);
        String meaning = "git " + commit + " " + address.directory() + " " + keeps + " " + address.withSubmodules()
                + (keeps ? " " + address.remote() : "") + " without " + flags.excluded();
        return new Piece.Late(meaning, "", () -> {
            Path directory = next();
            build.tools().repositories().checkOut(address, commit, keeps, directory, next());
            String path = address.directory().isEmpty() ? WHOLE : "/" + address.directory();
            return piece(directory, path, false);
        });
    }

    private Piece.Files piece(Path directory, String path, boolean unpacks) throws IOException {
        SourceTree tree = build.tree(directory);
        SourceTree.Entry entry = tree.at(path)
                .filter(found -> !path.endsWith("/") || found.stat().isDirectory())
                .orElseThrow(() -> line.wrong("ADD failed: the repository has no " + path.substring(1)));
        return new Piece.Files(tree, entry, choice, unpacks, false);
    }

    private Checksum checksum(String text) {
        try {
            return Checksum.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw line.wrong(wrong.getMessage());
        }
    }

    private Path next() throws IOException {
        return Files.createDirectory(scratch.resolve("remote-" + count++));
    }
}
