package dev.longshore.images;

import dev.longshore.images.MirrorNode.Looks;
import dev.longshore.images.tar.TarEntry;
import dev.longshore.images.tar.TarReader;
import dev.longshore.linux.Inodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/// A directory that is made to hold what somebody else has, again and again (a build's context): what is the same as
/// the last time is left alone, for making and removing files is what costs. What is the same is decided by content
/// and looks, never by a time alone. A round is [#begin], [#put] for each file in any order but directories before
/// what is in them, [#finish], which removes what was not met.
///
/// A file here is never written to again: what changes is made anew. So layers may have it by a hard link ([#lends]),
/// and its sum is known. Of a mirror whose round failed, or that [#isExact] no longer, nothing is known: throw it
/// away. For one thread; when a round is over, any may ask.
public final class FileMirror {

    private final Path root;
    private final Inodes inodes;
    private final Map<String, MirrorNode> nodes = new HashMap<>();
    private final Set<String> touched = new HashSet<>();
    private int round;
    private boolean isExact = true;

    /// In `root`, an empty directory.
    FileMirror(Path root, Inodes inodes) {
        this.root = root;
        this.inodes = inodes;
    }

    /// The content of a file, which is taken once or not at all.
    @FunctionalInterface
    public interface Content {
        /// Hands it over, in order.
        void to(TarReader.Sink sink) throws IOException;

        /// Of what has none.
        Content NONE = sink -> {};
    }

    /// Where it lies.
    public Path directory() {
        return root;
    }

    /// A new round.
    public void begin() {
        round++;
        nodes.computeIfAbsent("", path -> new MirrorNode(Looks.IMPLIED, Optional.empty()))
                .meet(round);
    }

    /// True if the file at `path` came from one that looked just like `origin`: then it stays.
    public boolean keep(String path, FileStat origin) {
        MirrorNode node = nodes.get(path);
        boolean isSame = node != null && node.comesFrom(origin);
        if (isSame) {
            node.meet(round);
        }
        return isSame;
    }

    /// Makes `path` look like `entry`; links count as themselves, hard links and devices do not belong here.
    ///
    /// @param path relative, names that lead downward only
    /// @throws ImageFaultException when something in the way came in this round and is no directory
    public void put(String path, TarEntry entry, Content content) throws IOException {
        put(path, entry, content, Optional.empty());
    }

    /// The same; `origin` is how the file it comes from looks, so that [#keep] knows it the next time.
    public void put(String path, TarEntry entry, Content content, FileStat origin) throws IOException {
        put(path, entry, content, Optional.of(origin));
    }

    private void put(String path, TarEntry entry, Content content, Optional<FileStat> origin) throws IOException {
        if (!makesWay(path)) {
            throw EntryNames.malformed(entry.name(), "a directory on the way is a file");
        }
        Looks looks = Looks.of(entry);
        MirrorNode before = nodes.get(path);
        MirrorNode now;
        if (looks.isDirectory()) {
            now = directory(path, looks, before);
        } else if (looks.isFile()) {
            now = file(path, looks, before, content);
        } else {
            now = other(path, entry, looks, before);
        }
        now.meet(round);
        now.comesFrom(origin);
    }

    /// True if nothing but directories leads to `path`; those that nobody spoke of are made.
    boolean makesWay(String path) throws IOException {
        int slash = path.lastIndexOf('/');
        String parent = slash < 0 ? "" : path.substring(0, slash);
        MirrorNode node = nodes.get(parent);
        if (node != null && node.isOf(round)) {
            return node.looks().isDirectory();
        }
        if (!makesWay(parent)) {
            return false;
        }
        directory(parent, Looks.IMPLIED, node).meet(round);
        return true;
    }

    /// What came in this round at `path`.
    Optional<Looks> met(String path) {
        return Optional.ofNullable(nodes.get(path))
                .filter(node -> node.isOf(round))
                .map(MirrorNode::looks);
    }

    private MirrorNode directory(String path, Looks looks, MirrorNode before) throws IOException {
        boolean isThere = before != null && before.looks().isDirectory() && looks.canFollow(before.looks());
        if (isThere && before.looks().equals(looks)) {
            return before;
        }
        if (!isThere) {
            remove(path);
            Files.createDirectory(place(path));
        }
        dress(path, looks);
        touched.add(path);
        return known(path, new MirrorNode(looks, Optional.empty()));
    }

    private MirrorNode other(String path, TarEntry entry, Looks looks, MirrorNode before) throws IOException {
        if (before != null && before.looks().equals(looks)) {
            return before;
        }
        remove(path);
        switch (looks.type()) {
            case SYMLINK -> LayerUnpacker.symlink(entry, place(path));
            case FIFO -> inodes.makeNode(place(path), FileStat.FIFO, 0, 0);
            default -> throw new IllegalArgumentException("does not belong into a mirror: " + looks.type());
        }
        dress(path, looks);
        inodes.setModified(place(path), looks.modified());
        return known(path, new MirrorNode(looks, Optional.empty()));
    }

    private MirrorNode file(String path, Looks looks, MirrorNode before, Content content) throws IOException {
        boolean mayStay = before != null && before.looks().equals(looks);
        Path fresh = root.resolveSibling(root.getFileName() + ".arrival");
        Optional<String> known = mayStay ? before.sum() : Optional.empty();
        try (var arrival = new Arrival(place(path), fresh, looks.size(), known)) {
            String sum = arrival.take(content);
            if (mayStay && before.sum().filter(sum::equals).isPresent()) {
                return before;
            }
            remove(path);
            arrival.settle();
            dress(path, looks);
            inodes.setModified(place(path), looks.modified());
            return known(path, new MirrorNode(looks, Optional.of(sum)));
        }
    }

    /// Ends the round: what was not met goes, directories get their times.
    public void finish() throws IOException {
        forgetUnmet();
        for (String path : touched) {
            MirrorNode node = nodes.get(path);
            if (node != null && node.looks().isDirectory() && !node.looks().isImplied()) {
                inodes.setModified(place(path), node.looks().modified());
            }
        }
        touched.clear();
    }

    /// Removes what was not met so far: then it is what an empty directory would have become.
    void forgetUnmet() throws IOException {
        List<String> unmet = nodes.entrySet().stream()
                .filter(entry -> !entry.getValue().isOf(round))
                .map(Map.Entry::getKey)
                .sorted(Comparator.reverseOrder())
                .toList();
        for (String path : unmet) {
            nodes.remove(path);
            Files.deleteIfExists(place(path));
            touched.add(parent(path));
        }
    }

    /// From now on somebody else writes into the directory, as if this round had been theirs; `times` hears what the
    /// times of directories shall be at the end.
    void yield(BiConsumer<Path, FileTime> times) throws IOException {
        forgetUnmet();
        isExact = false;
        nodes.forEach((path, node) -> {
            if (node.looks().isDirectory() && !node.looks().isImplied()) {
                times.accept(place(path), node.looks().modified());
            }
        });
    }

    /// False if what is there is not all known.
    public boolean isExact() {
        return isExact;
    }

    /// Bytes of its files.
    public long bytes() {
        return nodes.values().stream().mapToLong(node -> node.looks().size()).sum();
    }

    /// The SHA-256 of the file at `place`, in hexadecimal; empty if nothing is known of it.
    public Optional<String> sum(Path place) {
        return node(place).flatMap(MirrorNode::sum);
    }

    /// The extended attributes of what is at `place`; empty if nothing is known of it.
    public Optional<Map<String, byte[]>> attributes(Path place) {
        return node(place).map(node -> {
            var attributes = new HashMap<String, byte[]>();
            node.looks().attributes().forEach((name, value) -> attributes.put(name, value.array()));
            return attributes;
        });
    }

    /// True if images may have the file at `place` as the file at `path` by a hard link. Every file is lent for one
    /// path only: otherwise two files of one image would be one.
    public boolean lends(Path place, String path) {
        return node(place)
                .filter(node -> node.looks().isFile() && node.lands(path))
                .isPresent();
    }

    private Optional<MirrorNode> node(Path place) {
        return isExact && place.startsWith(root)
                ? Optional.ofNullable(nodes.get(root.relativize(place).toString()))
                : Optional.empty();
    }

    private MirrorNode known(String path, MirrorNode node) {
        nodes.put(path, node);
        return node;
    }

    private void remove(String path) throws IOException {
        MirrorNode gone = nodes.remove(path);
        touched.add(parent(path));
        if (gone != null && gone.looks().isDirectory()) {
            nodes.keySet().removeIf(known -> known.startsWith(path + "/"));
            Overlay.deleteTree(place(path));
        } else if (gone != null) {
            Files.deleteIfExists(place(path));
        }
    }

    /// New files are root's anyway.
    private void dress(String path, Looks looks) throws IOException {
        Path place = place(path);
        if (looks.uid() != 0 || looks.gid() != 0 || looks.isDirectory()) {
            Files.setAttribute(place, "unix:uid", (int) looks.uid(), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(place, "unix:gid", (int) looks.gid(), LinkOption.NOFOLLOW_LINKS);
        }
        if (looks.type() == TarEntry.Type.SYMLINK) {
            return;
        }
        Files.setAttribute(place, "unix:mode", looks.mode());
        for (var attribute : looks.attributes().entrySet()) {
            inodes.setAttribute(place, attribute.getKey(), attribute.getValue().array());
        }
    }

    private Path place(String path) {
        return path.isEmpty() ? root : root.resolve(path);
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }
}
