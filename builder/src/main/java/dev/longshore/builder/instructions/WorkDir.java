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
        stage.layer(createdBy, "", (upper, work, lowers) -> {
            try {
                stage.writable(upper, lowers).directory(directory, owner);
            } catch (ImageFaultException impossible) {
                throw line.wrong("WORKDIR failed: " + impossible.getMessage());
            }
        });
        stage.enter(directory);
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
