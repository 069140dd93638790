package dev.longshore.builder.instructions;

import dev.longshore.builder.commands.Command;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.flags.TransferFlags;
import dev.longshore.builder.stage.Build;
import dev.longshore.builder.stage.Origin;
import dev.longshore.builder.stage.SourceTree;
import dev.longshore.builder.transfer.Choice;
import dev.longshore.builder.transfer.Piece;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds what a COPY or ADD takes.
final class Sources {

    private final Line line;
    private final Build build;
    private final Choice choice;
    private final List<Piece> pieces = new ArrayList<>();

    Sources(Line line, Build build, TransferFlags flags) {
        this.line = line;
        this.build = build;
        try {
            this.choice = Choice.without(flags.excluded());
        } catch (IllegalArgumentException wrong) {
            throw line.wrong("invalid --exclude: " + wrong.getMessage());
        }
    }

    /// All that was found, in order.
    List<Piece> pieces() {
        return List.copyOf(pieces);
    }

    /// What `pattern` names in `origin`.
    ///
    /// @param where what an error calls it
    /// @param unpacks whether archives are unpacked
    void files(Origin origin, String where, String pattern, boolean unpacks) throws IOException {
        SourceTree tree = origin.files();
        List<SourceTree.Entry> found;
        try {
            found = tree.match(pattern);
        } catch (NoSuchFileException dangling) {
            throw absent(where, dangling.getFile());
        }
        // BuildKit lets a pattern match nothing; a name must be there.
        if (found.isEmpty() && !SourceTree.isGlob(pattern)) {
            throw absent(where, pattern);
        }
        found.forEach(entry -> pieces.add(new Piece.Files(tree, entry, choice, unpacks, origin.keepsOwners())));
    }

    /// What `pattern` names in `origin`, with the directories above it, from `/./` on.
    void parents(Origin origin, String where, String pattern) throws IOException {
        SourceTree tree = origin.files();
        int pivot = pattern.indexOf("/./");
        Optional<SourceTree.Entry> root = tree.at(pivot < 0 ? "/" : "/" + pattern.substring(0, pivot));
        String below = Paths.resolve("/", pivot < 0 ? pattern : pattern.substring(pivot + "/./".length()))
                .substring(1);
        if (root.isEmpty() || !root.get().stat().isDirectory()) {
            throw absent(where, pattern);
        }
        try {
            var piece = new Piece.Files(
                    tree, root.get(), below.isEmpty() ? choice : choice.only(below), false, origin.keepsOwners());
            if (!SourceTree.isGlob(below) && piece.isEmpty()) {
                throw absent(where, pattern);
            }
            pieces.add(piece);
        } catch (IllegalArgumentException wrong) {
            throw line.wrong(wrong.getMessage());
        }
    }

    /// The here-documents of the line, as files in the empty directory `scratch`.
    void documents(Command.Places places, Transfer transfer, Path scratch) throws IOException {
        int number = 0;
        for (Line.Heredoc document : places.documents()) {
            Path directory = Files.createDirectory(scratch.resolve(String.valueOf(number++)));
            Path file = Files.writeString(directory.resolve(document.name()), transfer.content(document));
            Files.setAttribute(file, "unix:mode", 0644);
            SourceTree tree = build.tree(directory);
            SourceTree.Entry entry = tree.at("/" + document.name()).orElseThrow();
            pieces.add(new Piece.Files(tree, entry, choice, false, false));
        }
    }

    /// What is fetched when it is needed.
    void late(Piece.Late piece) {
        pieces.add(piece);
    }

    /// What of directories is taken.
    Choice choice() {
        return choice;
    }

    private RuntimeException absent(String where, String name) {
        return line.wrong(line.keyword() + " failed: file not found in " + where + ": " + name);
    }
}
