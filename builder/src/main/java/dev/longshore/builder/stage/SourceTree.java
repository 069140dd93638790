package dev.longshore.builder.stage;

import dev.longshore.images.FileStat;
import dev.longshore.images.MergedTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where COPY and ADD take files from: the build's context, an earlier stage, or an image. Links on the way
/// lead nowhere outside it.
public final class SourceTree {

    private final MergedTree tree;
    private final List<Path> directories;
    private final IgnoreFile ignored;
    private final Contents contents;

    /// Over `tree`, which `directories` make, topmost first, without what `ignored` ignores.
    ///
    /// @param contents of the files
    public SourceTree(MergedTree tree, List<Path> directories, IgnoreFile ignored, Contents contents) {
        this.contents = contents;
        this.tree = tree;
        this.directories = List.copyOf(directories);
        this.ignored = ignored;
    }

    /// What makes it, topmost first, with what is ignored.
    List<Path> directories() {
        return directories;
    }

    /// All of it, also what is ignored.
    public MergedTree merged() {
        return tree;
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

    /// What `pattern`, relative to the root, names: one entry, or all that a glob matches, sorted by name. Links
    /// on the way and at the end are followed within the tree; the names are those that were asked for.
    ///
    /// @throws NoSuchFileException when a glob matches a link that leads nowhere
    public List<Entry> match(String pattern) throws IOException {
        List<String> components = components(pattern);
        int wild = 0;
        while (wild < components.size() && !Globs.isPattern(components.get(wild))) {
            wild++;
        }
        String base = tree.resolve("/" + String.join("/", components.subList(0, wild)));
        if (wild == components.size()) {
            return entry(base, wild == 0 ? "" : components.getLast())
                    .map(List::of)
                    .orElse(List.of());
        }
        var found = new ArrayList<Entry>();
        match(base, components.subList(wild, components.size()), found);
        return List.copyOf(found);
    }

    /// True if `pattern` may name several files, or none.
    public static boolean isGlob(String pattern) {
        return Globs.isPattern(pattern);
    }

    /// What lies directly in the directory at `path`, by name. A directory that is ignored counts if something
    /// below it is brought back.
    public List<Entry> children(String path) throws IOException {
        var children = new ArrayList<Entry>();
        for (Map.Entry<String, MergedTree.Located> child : tree.children(path).entrySet()) {
            String childPath = (path.equals("/") ? "" : path) + "/" + child.getKey();
            MergedTree.Located found = child.getValue();
            if (isWanted(childPath, found.stat())) {
                children.add(new Entry(childPath, found.place(), found.stat(), child.getKey()));
            }
        }
        return children;
    }

    /// Adds to `sum` all that counts in `entry` and below: names, types, permissions, owners where `withOwners`
    /// asks for it, contents, attributes; not times.
    public void digest(Entry entry, String nameInSum, boolean withOwners, MessageDigest sum) throws IOException {
        digestOne(entry, nameInSum, withOwners, sum);
        if (entry.stat().isDirectory()) {
            for (Entry child : children(entry.path())) {
                digest(child, nameInSum + "/" + child.name(), withOwners, sum);
            }
        }
    }

    /// The same without what is below.
    public void digestOne(Entry entry, String nameInSum, boolean withOwners, MessageDigest sum) throws IOException {
        FileStat stat = entry.stat();
        String head = nameInSum + "\0" + Integer.toOctalString(stat.mode())
                + (withOwners ? "\0" + stat.uid() + ":" + stat.gid() : "") + "\0";
        sum.update(head.getBytes(StandardCharsets.UTF_8));
        if (stat.isSymlink()) {
            sum.update(Files.readSymbolicLink(entry.place()).toString().getBytes(StandardCharsets.UTF_8));
        } else {
            sum.update(contents.sum(entry.place(), stat).getBytes(StandardCharsets.UTF_8));
        }
        sum.update((byte) '\n');
    }

    /// True if an image may have the file `entry` at `path` by a hard link.
    public boolean lends(Entry entry, String path) {
        return contents.lends(entry.place(), path);
    }

    private Optional<Entry> entry(String path, String name) throws IOException {
        Optional<Path> place = tree.find(path);
        if (place.isEmpty()) {
            return Optional.empty();
        }
        Optional<FileStat> stat = FileStat.of(place.get());
        return stat.isPresent() && isWanted(path, stat.get())
                ? Optional.of(new Entry(path, place.get(), stat.get(), name))
                : Optional.empty();
    }

    private boolean isWanted(String path, FileStat stat) throws IOException {
        return ignored == IgnoreFile.NONE
                || path.equals("/")
                || !ignored.ignores(path.substring(1))
                || stat.isDirectory()
                        && ignored.hasExceptions()
                        && !children(path).isEmpty();
    }

    private void match(String path, List<String> patterns, List<Entry> found) throws IOException {
        var pattern = Globs.compile(patterns.getFirst(), false);
        List<String> rest = patterns.subList(1, patterns.size());
        for (Entry child : children(path)) {
            if (!pattern.matcher(child.name()).matches()) {
                continue;
            }
            if (rest.isEmpty()) {
                found.add(child.stat().isSymlink() ? followed(child) : child);
            } else if (child.stat().isDirectory()) {
                match(child.path(), rest, found);
            }
        }
    }

    private Entry followed(Entry link) throws IOException {
        return entry(tree.resolve(link.path()), link.name())
                .orElseThrow(() -> new NoSuchFileException(link.path().substring(1)));
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
