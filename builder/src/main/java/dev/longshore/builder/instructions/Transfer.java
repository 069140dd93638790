package dev.longshore.builder.instructions;

import dev.longshore.base.Digest;
import dev.longshore.builder.commands.Command;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.dockerfile.Words;
import dev.longshore.builder.flags.TransferFlags;
import dev.longshore.builder.stage.Accounts;
import dev.longshore.builder.stage.Build;
import dev.longshore.builder.stage.Stage;
import dev.longshore.builder.transfer.Landing;
import dev.longshore.builder.transfer.Looks;
import dev.longshore.builder.transfer.Piece;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.LayerTree;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/// What COPY and ADD have in common: pieces, a destination, and how they look there.
final class Transfer {

    private final Line line;
    private final Build build;
    private final TransferFlags flags;
    private final String destination;
    private final boolean isDirectory;

    Transfer(Line line, Command.Places places, Build build) {
        this.line = line;
        this.build = build;
        this.flags = TransferFlags.of(line, word -> build.expand(line, word));
        String written = build.expand(line, places.destination());
        String base = build.stage().run().workingDirectory();
        this.destination = Paths.resolve(base.isEmpty() ? "/" : base, written);
        this.isDirectory = written.isEmpty() || written.endsWith("/") || written.equals(".") || written.endsWith("/.");
    }

    /// The line's flags.
    TransferFlags flags() {
        return flags;
    }

    /// Puts `pieces` into the image, or finds that an earlier build has.
    void apply(List<Piece> pieces) throws IOException, InterruptedException {
        if (pieces.size() > 1 && !isDirectory) {
            throw line.wrong("When using " + line.keyword()
                    + " with more than one source file, the destination must be a directory and end with a /");
        }
        var looks = new Looks(owner(), flags.permissions());
        String inputs = inputs(pieces, looks);
        String createdBy = Texts.notedTight(line.keyword(), noted(pieces, inputs));
        Stage stage = build.stage();
        Stage.Filling filling = (upper, work, lowers) -> fill(pieces, looks, stage.writable(upper, lowers));
        if (flags.isLinked()) {
            stage.linked(createdBy, inputs, filling);
        } else {
            stage.layer(createdBy, inputs, filling);
        }
    }

    /// As the engine's history has it.
    private String noted(List<Piece> pieces, String inputs) {
        String kind = pieces.size() != 1 ? "multi:" : pieces.getFirst().isDirectory() ? "dir:" : "file:";
        return flags.owner().map(owner -> "--chown=" + owner + " ").orElse("") + kind + inputs + " in " + destination
                + (isDirectory && !destination.equals("/") ? "/ " : " ");
    }

    private String inputs(List<Piece> pieces, Looks looks) throws IOException, InterruptedException {
        boolean isInto =
                isDirectory || !flags.isLinked() && Landing.isInto(build.stage().tree(), destination);
        MessageDigest sum = Digest.hasher("sha256");
        sum.update(Texts.bytes("transfer 1\n" + destination + "\n" + isDirectory + "\n" + looks + "\n"));
        for (Piece piece : pieces) {
            sum.update(Texts.bytes("piece "));
            piece.digest(sum, isInto);
        }
        return Digest.of("sha256", sum.digest()).hex();
    }

    private void fill(List<Piece> pieces, Looks looks, LayerTree target) throws IOException, InterruptedException {
        var landing = new Landing(target, destination, isDirectory, looks, !build.rewritesTimes());
        try {
            for (Piece piece : pieces) {
                landing.put(piece);
            }
        } catch (ImageFaultException | Landing.CannotLandException impossible) {
            throw line.failed(line.keyword() + " failed: " + impossible.getMessage(), 1, impossible);
        }
    }

    /// What a here-document says.
    String content(Line.Heredoc document) {
        if (document.isLiteral()) {
            return document.content();
        }
        try {
            return Words.expandDocument(document.content(), build.stage().variables());
        } catch (IllegalArgumentException wrong) {
            throw line.wrong(wrong.getMessage());
        }
    }

    private Optional<LayerTree.Owner> owner() throws IOException, InterruptedException {
        if (flags.owner().isEmpty()) {
            return Optional.empty();
        }
        String text = flags.owner().get();
        if (flags.isLinked() && !text.matches("[0-9]+(:[0-9]+)?")) {
            throw line.wrong("--chown=" + text + ": with --link users and groups are numbers, for names would be looked"
                    + " up in the image below");
        }
        try {
            var accounts = new Accounts(build.stage().tree());
            return Optional.of(text.startsWith(":") ? accounts.runner("0" + text) : accounts.runner(text));
        } catch (IllegalArgumentException unknown) {
            throw line.wrong("unable to convert uid/gid chown string to host mapping: " + unknown.getMessage());
        }
    }
}
