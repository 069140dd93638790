package dev.longshore.builder;

import dev.longshore.base.Digest;
import dev.longshore.images.FileStat;
import dev.longshore.images.MergedTree;
import dev.longshore.linux.Inodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// File trees as text: `f 644 0:0 content`, `d 755 0:0`, `l 0:0 target`, by path; extended attributes follow, as
/// ` {user.note=01}`. Of large files the digest stands for the content. Times are left out.
public final class FileTrees {

    private static final int SHOWN = 10_000;

    private FileTrees() {}

    /// Of an image.
    public static Map<String, String> of(MergedTree tree) throws IOException {
        var found = new TreeMap<String, String>();
        add(tree, "/", found);
        return found;
    }

    /// Of a directory.
    public static Map<String, String> below(Path root) throws IOException {
        return of(new MergedTree(List.of(root), Inodes.host()));
    }

    private static void add(MergedTree tree, String path, Map<String, String> found) throws IOException {
        for (Map.Entry<String, Path> child : tree.list(path).entrySet()) {
            String childPath = (path.equals("/") ? "" : path) + "/" + child.getKey();
            FileStat stat = FileStat.of(child.getValue()).orElseThrow();
            found.put(childPath, line(child.getValue(), stat) + attributes(child.getValue()));
            if (stat.isDirectory()) {
                add(tree, childPath, found);
            }
        }
    }

    private static String line(Path file, FileStat stat) throws IOException {
        String owner = " " + stat.uid() + ":" + stat.gid();
        String mode = " " + Integer.toOctalString(stat.permissions());
        if (stat.isDirectory()) {
            return "d" + mode + owner;
        }
        if (stat.isSymlink()) {
            return "l" + owner + " " + Files.readSymbolicLink(file);
        }
        return stat.isFile() ? "f" + mode + owner + " " + content(file, stat.size()) : "other" + mode + owner;
    }

    private static String content(Path file, long size) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        return size < SHOWN
                ? new String(bytes, StandardCharsets.UTF_8)
                : Digest.sha256(bytes).toString();
    }

    private static String attributes(Path file) throws IOException {
        var shown = new StringBuilder();
        for (Map.Entry<String, byte[]> attribute : new TreeMap<>(Inodes.host().attributes(file)).entrySet()) {
            if (!attribute.getKey().startsWith("trusted.")) {
                shown.append(
                        " {%s=%s}".formatted(attribute.getKey(), HexFormat.of().formatHex(attribute.getValue())));
            }
        }
        return shown.toString();
    }
}
