package dev.longshore.builder.instructions;

import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Accounts;
import dev.longshore.builder.stage.Build;
import dev.longshore.builder.stage.Stage;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.LayerTree;
import dev.longshore.images.MergedTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;

/// `WORKDIR directory`: where later steps and containers start; made, for the USER, if it does not exist.
final class WorkDir implements Instruction {

    @Override
    public String keyword() {
        return "WORKDIR";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        Stage stage = build.stage();
        String text = build.expand(line, Commands.only(line));
        String base = stage.run().workingDirectory();
        String directory = Paths.resolve(base.isEmpty() ? "/" : base, text);
        String createdBy = Texts.notedTight("WORKDIR", directory);
        MergedTree tree = stage.tree();
        if (tree.find(tree.resolve(directory)).isPresent()) {
            stage.configure(createdBy, stage.run().in(directory));
            return;
        }
        LayerTree.Owner owner = owner(line, stage, tree);
        Optional<Instant> epoch = build.session().epoch();
        stage.layer(createdBy, epoch.map(Instant::toString).orElse(""), (upper, work, lowers) -> {
            try {
                stage.writable(upper, lowers).directory(directory, owner);
                if (epoch.isPresent()) {
                    date(upper, tree, directory, epoch.get());
                }
            } catch (ImageFaultException impossible) {
                throw line.wrong("WORKDIR failed: " + impossible.getMessage());
            }
        });
        stage.enter(directory);
    }

    /// Whatever was made of `directory`, which `before` had not, was made at `epoch`.
    private static void date(Path upper, MergedTree before, String directory, Instant epoch) throws IOException {
        String path = before.resolve(directory);
        while (!path.isEmpty() && !path.equals("/") && before.find(path).isEmpty()) {
            Files.setLastModifiedTime(upper.resolve(path.substring(1)), FileTime.from(epoch));
            path = path.substring(0, path.lastIndexOf('/'));
        }
    }

    private static LayerTree.Owner owner(Line line, Stage stage, MergedTree tree) throws IOException {
        String user = stage.run().user();
        try {
            return user.isEmpty() ? LayerTree.Owner.ROOT : new Accounts(tree).runner(user);
        } catch (IllegalArgumentException unknown) {
            throw line.wrong("WORKDIR failed: " + unknown.getMessage());
        }
    }
}
