package dev.longshore.builder.instructions;

import dev.longshore.base.Digest;
import dev.longshore.builder.commands.Command;
import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import dev.longshore.builder.stage.Origin;
import dev.longshore.builder.stage.SourceTree;
import dev.longshore.builder.stage.Stage;
import dev.longshore.builder.transfer.Choice;
import dev.longshore.builder.transfer.Landing;
import dev.longshore.builder.transfer.Looks;
import dev.longshore.builder.transfer.Piece;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `FROM [--platform=P] image [AS name]`: begins a stage on an image, an earlier stage, a context that the build is
/// given, or nothing (`scratch`); which it is has been found out with the plan.
final class From implements Instruction {

    @Override
    public String keyword() {
        return "FROM";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        Texts.allow(line, Set.of("platform"));
        Optional<Origin> files = build.begin(line);
        if (files.isPresent()) {
            fill(line, build.stage(), files.get());
        }
        build.stage().withSearchPath();
        List<String> triggers = build.stage().run().onBuild();
        if (!triggers.isEmpty()) {
            build.say("# Executing " + triggers.size() + " build trigger" + (triggers.size() == 1 ? "" : "s") + "\n");
            build.stage().withoutTriggers();
            build.trigger(triggers);
        }
    }

    /// Files that are no image yet are the stage's first layer.
    private static void fill(Line line, Stage stage, Origin origin) throws IOException, InterruptedException {
        Command.From from = Commands.from(line);
        SourceTree tree = origin.files();
        SourceTree.Entry root = tree.at("/").orElseThrow();
        var piece = new Piece.Files(tree, root, Choice.without(List.of()), false, origin.keepsOwners());
        MessageDigest sum = Digest.hasher("sha256");
        sum.update(Texts.bytes("context 1\n"));
        piece.digest(sum, true);
        String inputs = Digest.of("sha256", sum.digest()).hex();
        String name = from.name().orElse(from.base());
        var looks = new Looks(Optional.empty(), Optional.empty());
        stage.layer(
                "[context " + name + "] load from client",
                inputs,
                (upper, work, lowers) ->
                        new Landing(stage.writable(upper, lowers), "/", true, looks, false).put(piece));
    }
}
