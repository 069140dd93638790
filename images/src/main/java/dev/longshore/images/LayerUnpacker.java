package dev.longshore.images;

import dev.longshore.images.tar.MalformedTarException;
import dev.longshore.images.tar.TarEntry;
import dev.longshore.images.tar.TarReader;
import dev.longshore.linux.Inodes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Unpacks one layer into a directory of its own, in overlayfs form. The archive is hostile: names are refused
/// that lead upward, links on the way are followed only within the tree that the layers make together, nothing
/// is ever written through a link, no device or pipe is ever opened, and totals are bounded. For one thread, once.
final class LayerUnpacker {

    private static final String WHITEOUT = ".wh.";
    private static final String OPAQUE = ".wh..wh..opq";
    private static final String AUFS = ".wh..wh.";

    private final Path root;
    private final Inodes inodes;
    private final Limits limits;
    private final boolean isLayer;
    private final List<String> prefix;
    private final LayerParents parents;
    private final Map<Path, FileTime> directoryTimes = new LinkedHashMap<>();
    private Optional<LayerTree.Owner> owner = Optional.empty();
    private long bytes;
    private long entries;

    /// How much one layer may hold.
    record Limits(long bytes, long entries) {
        static final Limits USUAL = new Limits(256L << 30, 20_000_000);
    }

    /// Into `root`, an empty directory, above `parents`, topmost first.
    LayerUnpacker(Path root, List<Path> parents, Inodes inodes, Limits limits) {
        this(root, parents, inodes, limits, true, List.of());
    }

    /// The same; of an archive that is no layer, names that would be whiteouts are names like others, and
    /// devices are left out. Every entry lands below `prefix`, a directory without links in the tree.
    LayerUnpacker(Path root, List<Path> parents, Inodes inodes, Limits limits, boolean isLayer, List<String> prefix) {
        this.root = root;
        this.prefix = List.copyOf(prefix);
        this.isLayer = isLayer;
        this.inodes = inodes;
        this.limits = limits;
        this.parents = new LayerParents(root, parents, inodes, directoryTimes);
    }

    /// The same, but whatever the archive says, everything is `one`'s.
    LayerUnpacker allOf(LayerTree.Owner one) {
        owner = Optional.of(one);
        return this;
    }

    /// Unpacks the uncompressed archive `in`, to its end. Returns the bytes of the files in it.
    ///
    /// @throws ImageFaultException when it is no archive, or one that must not be unpacked
    long unpack(InputStream in) throws IOException {
        try {
            var tar = new TarReader(in);
            for (Optional<TarEntry> next = tar.next(); next.isPresent(); next = tar.next()) {
                take(next.get(), tar);
            }
        } catch (MalformedTarException garbled) {
            throw new ImageFaultException(new ImageFault.Malformed("layer", garbled.getMessage()), garbled);
        }
        long content = bytes;
        drain(in);
        settleTimes();
        return content;
    }

    /// Unpacks the one member `entry`; `tar` has its content. Once all are done, [#settleTimes] is due.
    void take(TarEntry entry, TarReader tar) throws IOException {
        if (++entries > limits.entries()) {
            throw malformed(entry.name(), "more than " + limits.entries() + " entries");
        }
        count(entry.name(), entry.size());
        unpack(entry, tar);
    }

    /// The directory at `place`, which is there already, shall have this time at the end.
    void expect(Path place, FileTime modified) {
        directoryTimes.put(place, modified);
    }

    /// Gives directories their times: nothing is put into them any more.
    void settleTimes() throws IOException {
        for (var time : directoryTimes.entrySet()) {
            inodes.setModified(time.getKey(), time.getValue());
        }
    }

    /// The digest of a layer covers what follows the archive's end, too.
    private void drain(InputStream in) throws IOException {
        byte[] buffer = new byte[64 << 10];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            count("", read);
        }
    }

    private void count(String name, long more) {
        if (more > limits.bytes() - bytes) {
            throw malformed(name, "the layer holds more than " + limits.bytes() + " bytes");
        }
        bytes += more;
    }

    private void unpack(TarEntry entry, TarReader tar) throws IOException {
        try {
            place(entry, tar);
        } catch (FileSystemException failed) {
            String reason = String.valueOf(failed.getReason());
            if (reason.contains("File name too long")
                    || reason.contains("Too many links")
                    || reason.contains("errno 36")) {
                throw malformed(entry.name(), reason);
            }
            throw failed;
        }
    }

    private void place(TarEntry entry, TarReader tar) throws IOException {
        List<String> components = placed(entry.name());
        if (components.size() == prefix.size()) {
            if (entry.type() == TarEntry.Type.DIRECTORY && prefix.isEmpty()) {
                finish(entry, root);
            }
            return;
        }
        String name = components.getLast();
        Path parent = parents.directory(components.subList(0, components.size() - 1), entry.name());
        if (!isLayer || !name.startsWith(WHITEOUT)) {
            make(entry, parent.resolve(name), tar);
        } else if (name.equals(OPAQUE)) {
            Overlay.makeOpaque(inodes, parent);
        } else {
            hide(entry, parent, name);
        }
    }

    private void hide(TarEntry entry, Path parent, String name) throws IOException {
        if (name.startsWith(AUFS)) {
            return; // The hidden files of an older file system mean nothing here.
        }
        List<String> hidden = EntryNames.checked(name.substring(WHITEOUT.length()));
        if (hidden.size() != 1) {
            throw malformed(entry.name(), "a whiteout of nothing");
        }
        Path target = parent.resolve(hidden.getFirst());
        Optional<FileStat> here = FileStat.of(target);
        if (here.isEmpty()) {
            Overlay.makeWhiteout(inodes, target);
        } else if (here.get().isDirectory()) {
            // This layer has its own directory of that name: only what lies below is meant.
            Overlay.makeOpaque(inodes, target);
        }
    }

    private void make(TarEntry entry, Path path, TarReader tar) throws IOException {
        Optional<FileStat> before = FileStat.of(path);
        switch (entry.type()) {
            case DIRECTORY -> directory(path, before);
            case HARD_LINK -> {
                hardLink(entry, path, before);
                return; // It looks like the file that it is.
            }
            case SYMLINK -> {
                remove(path, before);
                symlink(entry, path);
            }
            case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> {
                if (!isLayer && entry.type() != TarEntry.Type.FIFO) {
                    return;
                }
                remove(path, before);
                makeNode(entry, path);
            }
            case FILE -> {
                remove(path, before);
                write(entry, path, tar);
            }
        }
        finish(entry, path);
    }

    private void directory(Path path, Optional<FileStat> before) throws IOException {
        boolean isThere = before.map(FileStat::isDirectory).orElse(false);
        if (before.isPresent() && !isThere) {
            Files.delete(path);
        }
        if (!isThere) {
            Files.createDirectory(path);
        }
        if (before.map(FileStat::isWhiteout).orElse(false)) {
            Overlay.makeOpaque(inodes, path);
        }
    }

    private void hardLink(TarEntry entry, Path path, Optional<FileStat> before) throws IOException {
        List<String> components = placed(entry.linkName());
        if (components.size() == prefix.size()) {
            throw malformed(entry.name(), "a hard link to the root");
        }
        Path target = parents.file(components, entry, this::count);
        if (target.startsWith(path) && !target.equals(path)) {
            throw malformed(entry.name(), "a hard link in place of the directory that it points into");
        }
        if (!target.equals(path)) {
            remove(path, before);
            Files.createLink(path, target);
        }
    }

    static void symlink(TarEntry entry, Path path) throws IOException {
        String target = entry.linkName();
        if (target.isEmpty() || EntryNames.isTooLong(target)) {
            throw malformed(entry.name(), "a link to nowhere");
        }
        Files.createSymbolicLink(path, EntryNames.path(target));
    }

    private void remove(Path path, Optional<FileStat> before) throws IOException {
        if (before.isPresent()) {
            if (before.get().isDirectory()) {
                parents.forget();
                directoryTimes.keySet().removeIf(known -> known.startsWith(path));
            }
            Overlay.deleteTree(path);
        }
    }

    private void makeNode(TarEntry entry, Path path) throws IOException {
        int type =
                switch (entry.type()) {
                    case FIFO -> FileStat.FIFO;
                    case BLOCK_DEVICE -> FileStat.BLOCK_DEVICE;
                    default -> FileStat.CHARACTER_DEVICE;
                };
        if (type == FileStat.CHARACTER_DEVICE && entry.major() == 0 && entry.minor() == 0) {
            throw malformed(entry.name(), "the device 0/0 is a whiteout's");
        }
        inodes.makeNode(path, type, entry.major(), entry.minor());
    }

    /// Holes stay holes.
    private static void write(TarEntry entry, Path path, TarReader tar) throws IOException {
        try (var out = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            tar.content((offset, content, length) -> {
                var piece = ByteBuffer.wrap(content, 0, length);
                for (long at = offset; piece.hasRemaining(); ) {
                    at += out.write(piece, at);
                }
            });
            if (out.size() < entry.size()) {
                out.write(ByteBuffer.allocate(1), entry.size() - 1);
            }
        }
    }

    private void finish(TarEntry entry, Path path) throws IOException {
        Files.setAttribute(
                path, "unix:uid", owner.map(LayerTree.Owner::uid).orElse((int) entry.uid()), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(
                path, "unix:gid", owner.map(LayerTree.Owner::gid).orElse((int) entry.gid()), LinkOption.NOFOLLOW_LINKS);
        if (entry.type() != TarEntry.Type.SYMLINK) {
            Files.setAttribute(path, "unix:mode", entry.mode());
            for (var attribute : entry.attributes().entrySet()) {
                if (Overlay.isOfImages(attribute.getKey())) {
                    inodes.setAttribute(path, attribute.getKey(), attribute.getValue());
                }
            }
        }
        if (entry.type() == TarEntry.Type.DIRECTORY) {
            directoryTimes.put(path, entry.modified());
        } else {
            inodes.setModified(path, entry.modified());
        }
    }

    private List<String> placed(String name) {
        var components = new ArrayList<>(prefix);
        components.addAll(EntryNames.checked(name));
        return components;
    }

    private static ImageFaultException malformed(String name, String why) {
        return EntryNames.malformed(name, why);
    }
}
