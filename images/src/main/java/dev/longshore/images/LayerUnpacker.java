package dev.longshore.images;

import dev.longshore.linux.Inodes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Unpacks one layer into a directory of its own, in overlayfs form. The archive is hostile: names are refused
/// that lead upward, links on the way are followed only within the tree that the layers make together, nothing
/// is ever written through a link, and totals are bounded. For one thread, once.
final class LayerUnpacker {

    private static final Logger log = LoggerFactory.getLogger(LayerUnpacker.class);
    private static final String WHITEOUT = ".wh.";
    private static final String OPAQUE = ".wh..wh..opq";
    private static final String AUFS = ".wh..wh.";
    private static final String XATTR = "SCHILY.xattr.";
    private static final int LONGEST_NAME = 4096;

    private final Path root;
    private final MergedTree merged;
    private final Inodes inodes;
    private final Limits limits;
    private final boolean isLayer;
    private final List<String> prefix;
    private final Set<String> directories = new HashSet<>();
    private final Map<Path, FileTime> directoryTimes = new LinkedHashMap<>();
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
        var all = new ArrayList<>(parents);
        all.addFirst(root);
        this.merged = new MergedTree(all, inodes);
    }

    /// Unpacks the uncompressed archive `in`, to its end.
    void unpack(InputStream in) throws IOException {
        try {
            var tar = new TarArchiveInputStream(in, StandardCharsets.UTF_8.name());
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (++entries > limits.entries()) {
                    throw malformed(entry.getName(), "more than " + limits.entries() + " entries");
                }
                unpack(entry, tar);
            }
        } catch (IllegalArgumentException garbled) {
            throw new ImageFaultException(new ImageFault.Malformed("layer", "not a tar archive"), garbled);
        }
        drain(in);
        for (var time : directoryTimes.entrySet()) {
            Files.setLastModifiedTime(time.getKey(), time.getValue());
        }
    }

    /// The digest of a layer covers what follows the archive's end, too.
    private void drain(InputStream in) throws IOException {
        byte[] buffer = new byte[64 << 10];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            bytes += read;
            if (bytes > limits.bytes()) {
                throw malformed("", "the layer holds more than " + limits.bytes() + " bytes");
            }
        }
    }

    private void unpack(TarArchiveEntry entry, InputStream content) throws IOException {
        List<String> components = placed(entry.getName());
        if (components.size() == prefix.size()) {
            if (entry.isDirectory() && prefix.isEmpty()) {
                finish(entry, root);
            }
            return;
        }
        String name = components.getLast();
        Path parent = parent(components.subList(0, components.size() - 1), entry.getName());
        if (!isLayer) {
            make(entry, parent.resolve(name), content);
        } else if (name.equals(OPAQUE)) {
            Overlay.makeOpaque(inodes, parent);
        } else if (name.startsWith(WHITEOUT)) {
            hide(entry, parent, name);
        } else {
            make(entry, parent.resolve(name), content);
        }
    }

    private void hide(TarArchiveEntry entry, Path parent, String name) throws IOException {
        if (name.startsWith(AUFS)) {
            return; // The hidden files of an older file system mean nothing here.
        }
        List<String> hidden = checked(name.substring(WHITEOUT.length()));
        if (hidden.size() != 1) {
            throw malformed(entry.getName(), "a whiteout of nothing");
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

    private void make(TarArchiveEntry entry, Path path, InputStream content) throws IOException {
        Optional<FileStat> before = FileStat.of(path);
        if (entry.isDirectory()) {
            if (before.isPresent() && !before.get().isDirectory()) {
                Files.delete(path);
            }
            if (before.map(stat -> !stat.isDirectory()).orElse(true)) {
                Files.createDirectory(path);
            }
            if (before.map(FileStat::isWhiteout).orElse(false)) {
                Overlay.makeOpaque(inodes, path);
            }
            finish(entry, path);
            return;
        }
        if (entry.isLink()) {
            Path target = linkTarget(entry);
            if (!target.equals(path)) {
                remove(path, before);
                Files.createLink(path, target);
            }
            return;
        }
        remove(path, before);
        if (entry.isSymbolicLink()) {
            if (entry.getLinkName().isEmpty() || entry.getLinkName().length() > LONGEST_NAME) {
                throw malformed(entry.getName(), "a link to nowhere");
            }
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else if (entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO()) {
            makeNode(entry, path);
            if (FileStat.of(path).isEmpty()) {
                return;
            }
        } else if (entry.isFile()) {
            write(entry, path, content);
        } else {
            return;
        }
        finish(entry, path);
    }

    private void remove(Path path, Optional<FileStat> before) throws IOException {
        if (before.isPresent()) {
            if (before.get().isDirectory()) {
                directories.clear();
                directoryTimes.keySet().removeIf(known -> known.startsWith(path));
            }
            Overlay.deleteTree(path);
        }
    }

    private void makeNode(TarArchiveEntry entry, Path path) throws IOException {
        int type = entry.isFIFO()
                ? FileStat.FIFO
                : entry.isBlockDevice() ? FileStat.BLOCK_DEVICE : FileStat.CHARACTER_DEVICE;
        if (!isLayer && type != FileStat.FIFO) {
            return;
        }
        if (type == FileStat.CHARACTER_DEVICE && entry.getDevMajor() == 0 && entry.getDevMinor() == 0) {
            throw malformed(entry.getName(), "the device 0/0 is a whiteout's");
        }
        inodes.makeNode(
                path,
                type,
                type == FileStat.FIFO ? 0 : entry.getDevMajor(),
                type == FileStat.FIFO ? 0 : entry.getDevMinor());
    }

    private void write(TarArchiveEntry entry, Path path, InputStream content) throws IOException {
        try (OutputStream out = Files.newOutputStream(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            byte[] buffer = new byte[64 << 10];
            for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                bytes += read;
                if (bytes > limits.bytes()) {
                    throw malformed(entry.getName(), "the layer holds more than " + limits.bytes() + " bytes");
                }
                out.write(buffer, 0, read);
            }
        }
    }

    /// The file that a hard link means. If it lies in a layer below, it is copied up first, as overlayfs would.
    private Path linkTarget(TarArchiveEntry entry) throws IOException {
        List<String> components = placed(entry.getLinkName());
        if (components.size() == prefix.size()) {
            throw malformed(entry.getName(), "a hard link to the root");
        }
        Path parent = parent(components.subList(0, components.size() - 1), entry.getName());
        Path target = parent.resolve(components.getLast());
        Optional<FileStat> stat = FileStat.of(target);
        if (stat.isEmpty()) {
            Path below = merged.find("/" + root.relativize(target))
                    .orElseThrow(() -> malformed(
                            entry.getName(), "a hard link to " + entry.getLinkName() + ", which does not exist"));
            stat = FileStat.of(below);
            if (stat.isPresent() && (stat.get().isFile() || stat.get().isSymlink())) {
                copyUp(below, target, stat.get());
            }
        }
        if (stat.isEmpty() || stat.get().isDirectory() || stat.get().isWhiteout()) {
            throw malformed(entry.getName(), "a hard link to " + entry.getLinkName() + ", which is no file");
        }
        return target;
    }

    private void copyUp(Path below, Path target, FileStat stat) throws IOException {
        Files.copy(below, target, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
        Files.setAttribute(target, "unix:uid", stat.uid(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(target, "unix:gid", stat.gid(), LinkOption.NOFOLLOW_LINKS);
        if (!stat.isSymlink()) {
            stat.applyTo(target);
        }
    }

    /// The real directory of this layer that `components` mean; made, with the looks of the one below, if need
    /// be.
    private Path parent(List<String> components, String entryName) throws IOException {
        String wanted = String.join("/", components);
        Path plain = root.resolve(wanted);
        if (wanted.isEmpty() || directories.contains(wanted)) {
            return plain;
        }
        String resolved = merged.resolve(wanted).substring(1);
        Path path = root;
        for (String component : MergedTree.components(resolved)) {
            path = path.resolve(component);
            Optional<FileStat> stat = FileStat.of(path);
            if (stat.isPresent() && !stat.get().isDirectory() && !stat.get().isWhiteout()) {
                throw malformed(entryName, "a directory on the way is a file");
            }
            if (stat.map(s -> !s.isDirectory()).orElse(true)) {
                makeParent(path, stat.isPresent());
            }
        }
        if (resolved.equals(wanted)) {
            directories.add(wanted);
        }
        return path;
    }

    private void makeParent(Path path, boolean isHidden) throws IOException {
        Optional<Path> below = isHidden ? Optional.empty() : merged.find("/" + root.relativize(path));
        if (isHidden) {
            Files.delete(path);
        }
        Files.createDirectory(path);
        if (isHidden) {
            Overlay.makeOpaque(inodes, path);
        }
        Optional<FileStat> stat = below.isPresent() ? FileStat.of(below.get()) : Optional.empty();
        if (stat.isPresent() && stat.get().isDirectory()) {
            stat.get().applyTo(path);
            directoryTimes.put(path, stat.get().modified());
        } else {
            Files.setAttribute(path, "unix:mode", 0755);
        }
    }

    private void finish(TarArchiveEntry entry, Path path) throws IOException {
        boolean isLink = entry.isSymbolicLink();
        Files.setAttribute(path, "unix:uid", (int) entry.getLongUserId(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:gid", (int) entry.getLongGroupId(), LinkOption.NOFOLLOW_LINKS);
        if (!isLink) {
            Files.setAttribute(path, "unix:mode", entry.getMode() & 07777);
            attributes(entry, path);
            FileTime modified = entry.getLastModifiedTime();
            if (entry.isDirectory()) {
                directoryTimes.put(path, modified);
            } else {
                Files.setLastModifiedTime(path, modified);
            }
        }
    }

    private void attributes(TarArchiveEntry entry, Path path) throws IOException {
        for (var header : entry.getExtraPaxHeaders().entrySet()) {
            if (!header.getKey().startsWith(XATTR)) {
                continue;
            }
            String name = header.getKey().substring(XATTR.length());
            if (!name.startsWith("user.") && !name.equals("security.capability")) {
                continue; // trusted.* would let an archive speak overlayfs; the rest belongs to this host.
            }
            if (header.getValue().indexOf('\ufffd') >= 0) {
                log.warn("{}: the attribute {} is lost: its value is not text", entry.getName(), name);
                continue;
            }
            inodes.setAttribute(path, name, header.getValue().getBytes(StandardCharsets.UTF_8));
        }
    }

    private List<String> placed(String name) {
        var components = new ArrayList<>(prefix);
        components.addAll(checked(name));
        return components;
    }

    private static List<String> checked(String name) {
        if (name.length() > LONGEST_NAME || name.indexOf('\0') >= 0) {
            throw malformed(name, "not a file name");
        }
        List<String> components = MergedTree.components(name);
        if (components.contains("..")) {
            throw malformed(name, "the name leads upward");
        }
        return components;
    }

    private static ImageFaultException malformed(String name, String why) {
        return new ImageFaultException(new ImageFault.Malformed("layer entry \"" + name + "\"", why));
    }
}
