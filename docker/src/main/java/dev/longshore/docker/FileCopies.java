package dev.longshore.docker;

import dev.longshore.images.FileStat;
import dev.longshore.images.LocalImages;
import dev.longshore.images.tar.TarEntry;
import dev.longshore.images.tar.TarReader;
import dev.longshore.images.tar.TarWriter;
import dev.longshore.runtime.RootView;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Copies files out of and into a container's root file system as archives. Its processes may change the tree at
/// any moment: every directory is found anew by the kernel within the root, and the last name is never followed.
///
/// @param local for extended attributes and device nodes
record FileCopies(RootView root, LocalImages local) {

    /// A path in two: the directory, and a name in it that is not followed; the name is empty for the root.
    private record Split(String parent, String name) {
        static Split of(String path) {
            String absolute = Path.of("/", path).normalize().toString();
            int slash = absolute.lastIndexOf('/');
            return new Split(absolute.substring(0, slash + 1), absolute.substring(slash + 1));
        }
    }

    /// What is at `path`. With a slash or `/.` at the end it means the directory that a link leads to.
    ///
    /// @throws NoSuchFileException when nothing is there
    PathStat stat(String path) throws IOException {
        if (isFollowed(path)) {
            try (RootView.Place place = root.directory(path)) {
                FileStat stat = FileStat.of(place.path().resolve(".")).orElseThrow(() -> new NoSuchFileException(path));
                return PathStat.of(place.path(), base(path), stat);
            }
        }
        Split split = Split.of(path);
        try (RootView.Place place = root.directory(split.parent())) {
            Path file = place.path().resolve(split.name());
            FileStat stat = FileStat.of(file).orElseThrow(() -> new NoSuchFileException(path));
            return PathStat.of(file, split.name(), stat);
        }
    }

    private static boolean isFollowed(String path) {
        return path.endsWith("/") || path.endsWith("/.") || path.isEmpty() || path.equals(".");
    }

    private static String base(String path) {
        String name = Split.of(path).name();
        return name.isEmpty() ? "/" : name;
    }

    /// Writes what is at `path` to `out`: under its own name, or what is in it under `.` for a path that ends in
    /// `/.`.
    void read(String path, OutputStream out) throws IOException {
        var tar = new TarWriter(out);
        String absolute = "/" + path;
        if (absolute.endsWith("/.") || Split.of(path).name().isEmpty()) {
            tree(path, ".", tar, new HashMap<>());
        } else {
            String name = Split.of(path).name();
            if (stat(path).isDirectory()) {
                tree(path, name, tar, new HashMap<>());
            } else {
                member(Split.of(path), name, tar, new HashMap<>());
            }
        }
        tar.finish();
    }

    private void tree(String path, String name, TarWriter tar, Map<String, String> links) throws IOException {
        List<String> children;
        try (RootView.Place place = root.directory(path)) {
            FileStat stat = FileStat.of(place.path().resolve(".")).orElseThrow(() -> new NoSuchFileException(path));
            tar.add(entry(place.path(), name + "/", TarEntry.Type.DIRECTORY, "", 0, stat));
            try (Stream<Path> inside = Files.list(place.path())) {
                children = inside.map(child -> child.getFileName().toString())
                        .sorted()
                        .toList();
            }
        }
        for (String child : children) {
            String childPath = path + "/" + child;
            try {
                if (stat(childPath).isDirectory()) {
                    tree(childPath, name + "/" + child, tar, links);
                } else {
                    member(Split.of(childPath), name + "/" + child, tar, links);
                }
            } catch (NoSuchFileException | NotDirectoryException vanished) {
                continue;
            }
        }
    }

    private void member(Split split, String name, TarWriter tar, Map<String, String> links) throws IOException {
        try (RootView.Place place = root.directory(split.parent())) {
            Path file = place.path().resolve(split.name());
            Optional<FileStat> found = FileStat.of(file);
            if (found.isEmpty()) {
                return;
            }
            FileStat stat = found.get();
            if (stat.isSymlink()) {
                tar.add(entry(
                        file,
                        name,
                        TarEntry.Type.SYMLINK,
                        Files.readSymbolicLink(file).toString(),
                        0,
                        stat));
            } else if (stat.isFile()) {
                String first = stat.links() > 1 ? links.putIfAbsent(stat.identity(), name) : null;
                if (first != null) {
                    tar.add(entry(file, name, TarEntry.Type.HARD_LINK, first, 0, stat));
                    return;
                }
                content(place, split.name(), entry(file, name, TarEntry.Type.FILE, "", stat.size(), stat), tar);
            } else {
                special(file, name, stat, tar);
            }
        }
    }

    /// What has become something else meanwhile is left out: a pipe would never end.
    private static void content(RootView.Place place, String name, TarEntry entry, TarWriter tar) throws IOException {
        try (RootView.Place file = place.child(name)) {
            if (Files.isRegularFile(file.path())) {
                try (InputStream content = Files.newInputStream(file.path(), StandardOpenOption.READ)) {
                    tar.add(entry, content);
                }
            }
        }
    }

    private void special(Path file, String name, FileStat stat, TarWriter tar) throws IOException {
        switch (stat.mode() & 0170000) {
            case 0010000 -> tar.add(entry(file, name, TarEntry.Type.FIFO, "", 0, stat));
            case 0020000 -> tar.add(entry(file, name, TarEntry.Type.CHARACTER_DEVICE, "", 0, stat));
            case 0060000 -> tar.add(entry(file, name, TarEntry.Type.BLOCK_DEVICE, "", 0, stat));
            default -> {
                // A socket is nothing that can be copied.
            }
        }
    }

    private TarEntry entry(Path path, String name, TarEntry.Type type, String link, long size, FileStat stat)
            throws IOException {
        boolean isDevice = type == TarEntry.Type.CHARACTER_DEVICE || type == TarEntry.Type.BLOCK_DEVICE;
        return new TarEntry(
                name,
                type,
                link,
                size,
                stat.permissions(),
                Integer.toUnsignedLong(stat.uid()),
                Integer.toUnsignedLong(stat.gid()),
                stat.modified(),
                isDevice ? (int) (stat.rdev() >>> 8 & 0xfff) : 0,
                isDevice ? (int) (stat.rdev() & 0xff | stat.rdev() >>> 12 & 0xfff00) : 0,
                Map.of());
    }

    /// Unpacks the plain archive `in` into the directory at `path`.
    ///
    /// @param keepsKinds whether a directory must not be replaced by something else, nor the other way round
    /// @throws EngineException when it would have to be
    void write(InputStream in, String path, boolean keepsKinds) throws IOException {
        root.directory(path).close();
        var tar = new TarReader(in);
        for (Optional<TarEntry> next = tar.next(); next.isPresent(); next = tar.next()) {
            TarEntry entry = next.get();
            Split split = Split.of(entry.name());
            if (!split.name().isEmpty()) {
                put(tar, entry, path, split, keepsKinds);
            }
        }
    }

    private void put(TarReader tar, TarEntry entry, String base, Split split, boolean keepsKinds) throws IOException {
        try (RootView.Place place = parent(base + split.parent())) {
            Path target = place.path().resolve(split.name());
            Optional<FileStat> there = FileStat.of(target);
            boolean isDirectory = entry.type() == TarEntry.Type.DIRECTORY;
            if (there.isPresent()) {
                boolean wasDirectory = there.get().isDirectory();
                if (wasDirectory && isDirectory) {
                    dress(place, split.name(), entry);
                    return;
                }
                if (keepsKinds && wasDirectory != isDirectory) {
                    throw EngineException.invalid(
                            wasDirectory
                                    ? "cannot overwrite directory \"" + entry.name() + "\" with non-directory"
                                    : "cannot overwrite non-directory \"" + entry.name() + "\" with directory");
                }
                if (wasDirectory) {
                    HostileTree.delete(place.path(), split.name());
                } else {
                    Files.delete(target);
                }
            }
            make(tar, entry, target, base);
            if (entry.type() != TarEntry.Type.HARD_LINK) {
                dress(place, split.name(), entry);
            }
        }
    }

    private RootView.Place parent(String path) throws IOException {
        try {
            return root.directory(path);
        } catch (NoSuchFileException absent) {
            Split split = Split.of(path);
            if (split.name().isEmpty()) {
                throw absent;
            }
            try (RootView.Place above = parent(split.parent())) {
                Files.createDirectory(above.path().resolve(split.name()));
            }
            return root.directory(path);
        }
    }

    private void make(TarReader tar, TarEntry entry, Path target, String base) throws IOException {
        switch (entry.type()) {
            case DIRECTORY -> Files.createDirectory(target);
            case SYMLINK -> Files.createSymbolicLink(target, Path.of(entry.linkName()));
            case HARD_LINK -> {
                Split first = Split.of(entry.linkName());
                try (RootView.Place place = root.directory(base + first.parent())) {
                    Files.createLink(target, place.path().resolve(first.name()));
                }
            }
            case FILE -> {
                try (FileChannel file =
                        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                    tar.content((offset, bytes, length) -> {
                        ByteBuffer piece = ByteBuffer.wrap(bytes, 0, length);
                        for (long at = offset; piece.hasRemaining(); ) {
                            at += file.write(piece, at);
                        }
                    });
                }
            }
            case FIFO -> local.inodes().makeNode(target, 0010000 | entry.mode(), 0, 0);
            case CHARACTER_DEVICE ->
                local.inodes().makeNode(target, 0020000 | entry.mode(), entry.major(), entry.minor());
            case BLOCK_DEVICE -> local.inodes().makeNode(target, 0060000 | entry.mode(), entry.major(), entry.minor());
        }
    }

    /// By way of what is there now, held: a link that takes its place is not followed, a pipe not opened.
    private void dress(RootView.Place place, String name, TarEntry entry) throws IOException {
        Path target = place.path().resolve(name);
        Files.setAttribute(target, "unix:uid", (int) entry.uid(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(target, "unix:gid", (int) entry.gid(), LinkOption.NOFOLLOW_LINKS);
        if (entry.type() != TarEntry.Type.SYMLINK) {
            try (RootView.Place held = place.child(name)) {
                Files.setAttribute(held.path(), "unix:mode", entry.mode());
            }
            local.inodes().setModified(target, entry.modified());
        }
    }
}
