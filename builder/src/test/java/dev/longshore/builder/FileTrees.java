package dev.longshore.builder;

import dev.longshore.images.FileStat;
import dev.longshore.images.MergedTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// File trees as text: `f 644 0:0 content`, `d 755 0:0`, `l 0:0 target`, by path.
final class FileTrees {

    private FileTrees() {}

    static Map<String, String> of(MergedTree tree) throws IOException {
        var found = new TreeMap<String, String>();
        add(tree, "/", found);
        return found;
    }

    private static void add(MergedTree tree, String path, Map<String, String> found) throws IOException {
        for (Map.Entry<String, Path> child : tree.list(path).entrySet()) {
            String childPath = (path.equals("/") ? "" : path) + "/" + child.getKey();
            FileStat stat = FileStat.of(child.getValue()).orElseThrow();
            String owner = " " + stat.uid() + ":" + stat.gid();
            String mode = " " + Integer.toOctalString(stat.permissions());
            if (stat.isDirectory()) {
                found.put(childPath, "d" + mode + owner);
                add(tree, childPath, found);
            } else if (stat.isSymlink()) {
                found.put(childPath, "l" + owner + " " + Files.readSymbolicLink(child.getValue()));
            } else if (stat.isFile()) {
                found.put(
                        childPath,
                        "f" + mode + owner + " "
                                + (stat.size() < 10_000
                                        ? new String(Files.readAllBytes(child.getValue()), StandardCharsets.UTF_8)
                                        : "…"));
            } else {
                found.put(childPath, "other" + mode + owner);
            }
        }
    }
}
