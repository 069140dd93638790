package dev.longshore.builder.stage;

import dev.longshore.images.LayerTree;
import dev.longshore.images.LocalImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Hides from a mount what `.dockerignore` leaves out: by a layer of whiteouts above the directory, which itself
/// is not touched.
public final class IgnoredFiles {

    private static final int WHITEOUT = 0020000;

    private IgnoredFiles() {}

    /// Directories that, one above the other, show `tree` without what it ignores; topmost first.
    ///
    /// @param scratch an empty directory, for as long as they are needed
    public static List<Path> hidden(SourceTree tree, Path scratch, LocalImages images) throws IOException {
        if (!tree.hidesSomething()) {
            return tree.directories();
        }
        Path above = Files.createDirectory(scratch.resolve("ignored"));
        Files.setAttribute(above, "unix:mode", 0755);
        hide(tree, "/", images.layers().tree(above, tree.directories()), images);
        var directories = new ArrayList<>(tree.directories());
        directories.addFirst(above);
        return directories;
    }

    private static void hide(SourceTree tree, String path, LayerTree above, LocalImages images) throws IOException {
        List<String> names = tree.hidden(path);
        if (!names.isEmpty()) {
            Path directory = above.directory(path, LayerTree.Owner.ROOT);
            for (String name : names) {
                images.inodes().makeNode(directory.resolve(name), WHITEOUT, 0, 0);
            }
        }
        for (SourceTree.Entry child : tree.children(path)) {
            if (child.stat().isDirectory()) {
                hide(tree, child.path(), above, images);
            }
        }
    }
}
