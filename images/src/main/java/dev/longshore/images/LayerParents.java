package dev.longshore.images;

import dev.longshore.images.tar.TarEntry;
import dev.longshore.linux.Inodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ObjLongConsumer;

/// Where, in the layer that is being unpacked, the entries of an archive land: links on the way are followed within
/// the layers' common tree, directories that lie only below are made here with the looks they have there. For one
/// thread.
final class LayerParents {

    private final Path root;
    private final MergedTree merged;
    private final Inodes inodes;
    private final Map<Path, FileTime> directoryTimes;
    private final Set<String> known = new HashSet<>();

    LayerParents(Path root, List<Path> lowers, Inodes inodes, Map<Path, FileTime> directoryTimes) {
        this.root = root;
        this.inodes = inodes;
        this.directoryTimes = directoryTimes;
        var all = new ArrayList<>(lowers);
        all.addFirst(root);
        this.merged = new MergedTree(all, inodes);
    }

    /// A directory was replaced: what was known of ways through it is no longer true.
    void forget() {
        known.clear();
    }

    /// The real directory of this layer that `components` mean, made if need be.
    Path directory(List<String> components, String entryName) throws IOException {
        String wanted = String.join("/", components);
        Path plain = root.resolve(wanted);
        if (wanted.isEmpty() || known.contains(wanted)) {
            return plain;
        }
        String resolved = merged.resolve(wanted).substring(1);
        Path path = root;
        for (String component : MergedTree.components(resolved)) {
            path = path.resolve(component);
            Optional<FileStat> stat = FileStat.of(path);
            if (stat.isPresent() && !stat.get().isDirectory() && !stat.get().isWhiteout()) {
                throw EntryNames.malformed(entryName, "a directory on the way is a file");
            }
            if (stat.map(s -> !s.isDirectory()).orElse(true)) {
                make(path, stat.isPresent());
            }
        }
        if (resolved.equals(wanted)) {
            known.add(wanted);
        }
        return path;
    }

    /// The file that the hard link `entry` means by `components`. If it lies in a layer below, it is copied up
    /// first, as overlayfs would; `count` hears how much that is.
    Path file(List<String> components, TarEntry entry, ObjLongConsumer<String> count) throws IOException {
        Path target = directory(components.subList(0, components.size() - 1), entry.name())
                .resolve(components.getLast());
        Optional<FileStat> stat = FileStat.of(target);
        if (stat.isEmpty()) {
            Path below = merged.find("/" + root.relativize(target))
                    .orElseThrow(() -> EntryNames.malformed(
                            entry.name(), "a hard link to " + entry.linkName() + ", which does not exist"));
            stat = FileStat.of(below);
            if (stat.isPresent() && !stat.get().isDirectory()) {
                count.accept(entry.name(), stat.get().isFile() ? stat.get().size() : 0);
                copyUp(below, target, stat.get());
            }
        }
        if (stat.isEmpty() || stat.get().isDirectory() || stat.get().isWhiteout()) {
            throw EntryNames.malformed(entry.name(), "a hard link to " + entry.linkName() + ", which is no file");
        }
        return target;
    }

    private void copyUp(Path below, Path target, FileStat stat) throws IOException {
        if (stat.isFile() || stat.isSymlink()) {
            Files.copy(below, target, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
        } else {
            inodes.makeNode(target, stat.mode() & FileStat.TYPE, stat.major(), stat.minor());
        }
        Files.setAttribute(target, "unix:uid", stat.uid(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(target, "unix:gid", stat.gid(), LinkOption.NOFOLLOW_LINKS);
        if (!stat.isSymlink()) {
            Files.setAttribute(target, "unix:mode", stat.permissions());
            Overlay.copyAttributes(inodes, below, target); // Once more: the new owner cost the capabilities.
        }
        inodes.setModified(target, stat.modified());
    }

    private void make(Path path, boolean isHidden) throws IOException {
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
}
