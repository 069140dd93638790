package dev.longshore.images;

import dev.longshore.linux.Inodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Layers seen as one tree without mounting them: as overlayfs would show them, read only. Paths are absolute
/// within the tree, and links lead nowhere outside it. Reads the disk at every call.
public final class MergedTree {

    private static final int MOST_LINKS = 40;

    private final List<Path> layers;
    private final Inodes inodes;

    /// Over `layers`, topmost first.
    public MergedTree(List<Path> layers, Inodes inodes) {
        this.layers = List.copyOf(layers);
        this.inodes = inodes;
    }

    List<Path> layers() {
        return layers;
    }

    /// Where the file at `path` really lies; a link at any place but the last counts as no directory.
    public Optional<Path> find(String path) throws IOException {
        List<Path> places = places(components(path));
        return places.isEmpty() ? Optional.empty() : Optional.of(places.getFirst());
    }

    /// What `path` means after every link on the way, and at its end, has been followed. What does not exist
    /// stays as it is, so the answer can be made.
    ///
    /// @throws ImageFaultException when there are too many links
    public String resolve(String path) throws IOException {
        Deque<String> open = new ArrayDeque<>(components(path));
        var done = new ArrayList<String>();
        int links = 0;
        while (!open.isEmpty()) {
            String name = open.pop();
            if (name.equals("..")) {
                if (!done.isEmpty()) {
                    done.removeLast();
                }
                continue;
            }
            done.add(name);
            List<Path> places = places(done);
            if (places.isEmpty() || !Files.isSymbolicLink(places.getFirst())) {
                continue;
            }
            if (++links > MOST_LINKS) {
                throw new ImageFaultException(new ImageFault.Malformed(path, "too many levels of symbolic links"));
            }
            String target = Files.readSymbolicLink(places.getFirst()).toString();
            done.removeLast();
            if (target.startsWith("/")) {
                done.clear();
            }
            components(target).reversed().forEach(open::push);
        }
        return "/" + String.join("/", done);
    }

    /// The same for all but the last component: where a file named `path` would be made or replaced.
    public String resolveParent(String path) throws IOException {
        List<String> components = components(path);
        if (components.isEmpty()) {
            return "/";
        }
        String parent = resolve(String.join("/", components.subList(0, components.size() - 1)));
        return (parent.equals("/") ? "" : parent) + "/" + components.getLast();
    }

    /// Where something lies, and how it looks.
    public record Located(Path place, FileStat stat) {}

    /// What is in the directory at `path` (no link), by name.
    public SortedMap<String, Path> list(String path) throws IOException {
        var places = new TreeMap<String, Path>();
        children(path).forEach((name, found) -> places.put(name, found.place()));
        return places;
    }

    /// The same, with looks.
    public SortedMap<String, Located> children(String path) throws IOException {
        List<Path> directories = places(components(path)).stream()
                .takeWhile(place -> Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS))
                .toList();
        return children(directories);
    }

    /// What `directories`, topmost first, show together.
    static SortedMap<String, Located> children(List<Path> directories) throws IOException {
        var found = new TreeMap<String, Located>();
        var hidden = new HashSet<String>();
        for (Path place : directories) {
            try (Stream<Path> children = Files.list(place)) {
                for (Path child : (Iterable<Path>) children::iterator) {
                    String name = child.getFileName().toString();
                    if (!hidden.add(name)) {
                        continue;
                    }
                    FileStat.of(child)
                            .filter(stat -> !stat.isWhiteout())
                            .ifPresent(stat -> found.put(name, new Located(child, stat)));
                }
            }
        }
        return found;
    }

    /// `path` in pieces, without empty ones and `.`.
    static List<String> components(String path) {
        var components = new ArrayList<String>();
        for (String component : path.split("/", -1)) {
            if (!component.isEmpty() && !component.equals(".")) {
                components.add(component);
            }
        }
        return components;
    }

    /// Every place that makes up the directory at `path` (no link), topmost first.
    List<Path> directories(String path) throws IOException {
        return places(components(path));
    }

    /// Every place that makes up the file or directory at `components`, topmost first. Only directories have
    /// more than one.
    private List<Path> places(List<String> components) throws IOException {
        List<Path> here = layers;
        for (String name : components) {
            if (name.equals("..")) {
                return List.of();
            }
            var next = new ArrayList<Path>();
            for (Path directory : here) {
                Path child = directory.resolve(name);
                Optional<FileStat> stat = FileStat.of(child);
                if (stat.isEmpty()) {
                    continue;
                }
                if (stat.get().isWhiteout()) {
                    break;
                }
                if (!stat.get().isDirectory()) {
                    if (next.isEmpty()) {
                        next.add(child);
                    }
                    break;
                }
                next.add(child);
                if (Overlay.isOpaque(inodes, child)) {
                    break;
                }
            }
            here = next;
        }
        return here;
    }
}
