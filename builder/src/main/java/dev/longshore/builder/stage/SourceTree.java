package dev.longshore.builder.stage;

import dev.longshore.images.FileStat;
import dev.longshore.images.MergedTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where COPY and ADD take files from: the build's context, an earlier stage, or an image. Links on the way
/// lead nowhere outside it; a link at the end is copied, not followed.
public final class SourceTree {

    private static final int BUFFER = 64 << 10;

    private final MergedTree tree;
    private final List<Path> directories;
    private final IgnoreFile ignored;

    /// Over `tree`, which `directories` make, topmost first, without what `ignored` ignores.
    public SourceTree(MergedTree tree, List<Path> directories, IgnoreFile ignored) {
        this.tree = tree;
        this.directories = List.copyOf(directories);
        this.ignored = ignored;
    }

    /// What makes it, topmost first, with what is ignored.
    List<Path> directories() {
        return directories;
    }

    /// True if something may be left out.
    boolean hidesSomething() {
        return ignored != IgnoreFile.NONE;
    }

    /// What lies in the directory at `path` and is left out, by name.
    List<String> hidden(String path) throws IOException {
        var hidden = new ArrayList<>(tree.list(path).keySet());
        children(path).forEach(child -> hidden.remove(child.name()));
        return hidden;
    }

    /// What is at `path`, every link followed within the tree; no pattern.
    public Optional<Entry> at(String path) throws IOException {
        String resolved = tree.resolve(path);
        return entry(resolved, resolved.substring(resolved.lastIndexOf('/') + 1));
    }

    /// A file, directory or link in the tree.
    ///
    /// @param path absolute within the tree
    /// @param place where it really lies
    /// @param name what it was asked for by, or its own; empty for the root
    public record Entry(String path, Path place, FileStat stat, String name) {}

    /// What `pattern`, relative to the root, names: one entry, or all that a glob matches, sorted by name.
    public List<Entry> match(String pattern) throws IOException {
        String clean = String.join("/", components(pattern));
        if (!Globs.isPattern(clean)) {
            String name = clean.substring(clean.lastIndexOf('/') + 1);
            return entry(tree.resolve("/" + clean), name).map(List::of).orElse(List.of());
        }
        var found = new ArrayList<Entry>();
        match("", List.of(clean.split("/", -1)), found);
        return List.copyOf(found);
    }

    /// What lies directly in the directory at `path`, by name.
    public List<Entry> children(String path) throws IOException {
        var children = new ArrayList<Entry>();
        for (Map.Entry<String, Path> child : tree.list(path).entrySet()) {
            String childPath = (path.equals("/") ? "" : path) + "/" + child.getKey();
            Optional<FileStat> stat = FileStat.of(child.getValue());
            if (stat.isPresent() && isWanted(childPath, stat.get())) {
                children.add(new Entry(childPath, child.getValue(), stat.get(), child.getKey()));
            }
        }
        return children;
    }

    /// Adds to `sum` all that counts in `entry` and below: names, types, permissions, owners where `withOwners`
    /// asks for it, contents; not times.
    public void digest(Entry entry, String nameInSum, boolean withOwners, MessageDigest sum) throws IOException {
        FileStat stat = entry.stat();
        String head = nameInSum + "\0" + Integer.toOctalString(stat.mode())
                + (withOwners ? "\0" + stat.uid() + ":" + stat.gid() : "");
        sum.update(head.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        if (stat.isDirectory()) {
            for (Entry child : children(entry.path())) {
                digest(child, nameInSum + "/" + child.name(), withOwners, sum);
            }
        } else if (stat.isSymlink()) {
            sum.update(
                    Files.readSymbolicLink(entry.place()).toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        } else if (stat.isFile()) {
            sum.update(
                    HexFormat.of().formatHex(content(entry.place())).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        sum.update((byte) '\n');
    }

    private static byte[] content(Path file) throws IOException {
        MessageDigest sum = dev.longshore.base.Digest.hasher("sha256");
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                sum.update(buffer, 0, read);
            }
        }
        return sum.digest();
    }

    private Optional<Entry> entry(String path, String name) throws IOException {
        Optional<Path> place = tree.find(path);
        if (place.isEmpty()) {
            return Optional.empty();
        }
        Optional<FileStat> stat = FileStat.of(place.get());
        return stat.filter(s -> isWanted(path, s)).map(s -> new Entry(path, place.get(), s, name));
    }

    private boolean isWanted(String path, FileStat stat) {
        return path.equals("/") || !ignored.ignores(path.substring(1)) || stat.isDirectory() && ignored.hasExceptions();
    }

    private void match(String path, List<String> patterns, List<Entry> found) throws IOException {
        var pattern = Globs.compile(patterns.getFirst(), false);
        List<String> rest = patterns.subList(1, patterns.size());
        for (Entry child : children(path.isEmpty() ? "/" : path)) {
            if (!pattern.matcher(child.name()).matches()) {
                continue;
            }
            if (rest.isEmpty()) {
                found.add(child);
            } else if (child.stat().isDirectory()) {
                match(child.path(), rest, found);
            }
        }
    }

    private static List<String> components(String pattern) {
        var components = new ArrayList<String>();
        for (String component : pattern.split("/", -1)) {
            if (component.equals("..")) {
                if (!components.isEmpty()) {
                    components.removeLast();
                }
            } else if (!component.isEmpty() && !component.equals(".")) {
                components.add(component);
            }
        }
        return components;
    }
}
