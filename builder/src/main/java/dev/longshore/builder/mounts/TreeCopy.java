package dev.longshore.builder.mounts;

import dev.longshore.builder.stage.SourceTree;
import dev.longshore.images.FileStat;
import dev.longshore.images.LayerTree;
import dev.longshore.images.LocalImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Copies files out of a tree, with their owners and permissions.
final class TreeCopy {

    private TreeCopy() {}

    /// Copies what the directory `source` holds into `directory`, which is empty.
    static void copy(MountPlace.Source source, Path directory, LocalImages images) throws IOException {
        Optional<SourceTree.Entry> root = source.tree().at(source.path());
        if (root.isPresent() && root.get().stat().isDirectory()) {
            children(source.tree(), root.get(), "", images.layers().tree(directory, List.of()));
        }
    }

    private static void children(SourceTree tree, SourceTree.Entry from, String to, LayerTree target)
            throws IOException {
        for (SourceTree.Entry child : tree.children(from.path())) {
            String path = to + "/" + child.name();
            FileStat stat = child.stat();
            var owner = new LayerTree.Owner(stat.uid(), stat.gid());
            if (stat.isDirectory()) {
                target.directory(path, owner);
                children(tree, child, path, target);
                target.dress(path, owner, stat.permissions(), stat.modified());
            } else {
                target.copy(child.place(), path, owner, -1);
            }
        }
    }
}
