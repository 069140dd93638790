package dev.longshore.images;

import dev.longshore.linux.Inodes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes into a layer in the making as if the layers below were mounted under it: directories keep the looks
/// they have below, links on the way are followed within the tree. For one thread.
public final class LayerTree {

    private final Path upper;
    private final MergedTree merged;
    private final Inodes inodes;

    LayerTree(Path upper, List<Path> lowers, Inodes inodes) {
        this.upper = upper;
        this.inodes = inodes;
        var all = new ArrayList<>(lowers);
        all.addFirst(upper);
        this.merged = new MergedTree(all, inodes);
    }

    /// Who a file belongs to.
    public record Owner(int uid, int gid) {
        /// Root.
        public static final Owner ROOT = new Owner(0, 0);
    }

    /// The whole tree, with what has been written so far.
    public MergedTree merged() {
        return merged;
    }

    /// The directory `path` (links are followed), made with all its parents if it does not exist: for `owner`,
    /// mode
    /// 0755. Returns where it lies in this layer.
    ///
    /// @throws ImageFaultException when something on the way is a file
    public Path directory(String path, Owner owner) throws IOException {
        Path place = upper;
        String walked = "";
        for (String name : MergedTree.components(merged.resolve(path))) {
            walked += "/" + name;
            place = place.resolve(name);
            Optional<Path> there = merged.find(walked);
            Optional<FileStat> stat = there.isPresent() ? FileStat.of(there.get()) : Optional.empty();
            if (stat.isPresent() && !stat.get().isDirectory()) {
                throw new ImageFaultException(new ImageFault.Malformed(walked, "not a directory"));
            }
            if (stat.isEmpty()) {
                boolean wasHidden = FileStat.of(place).isPresent();
                Files.deleteIfExists(place);
                Files.createDirectory(place);
                if (wasHidden) {
                    Overlay.makeOpaque(inodes, place);
                }
                own(place, owner);
                Files.setAttribute(place, "unix:mode", 0755);
            } else if (!there.get().equals(place)) {
                Files.createDirectory(place);
                stat.get().applyTo(place);
                Overlay.copyAttributes(inodes, there.get(), place);
            }
        }
        return place;
    }

    /// The directory `path`, as [#directory] makes it, to write many files into.
    ///
    /// @throws ImageFaultException when something on the way is a file
    public LayerDirectory open(String path, Owner owner) throws IOException {
        Path place = directory(path, owner);
        List<Path> places = merged.directories(merged.resolve(path));
        return new LayerDirectory(place, places.subList(1, places.size()), inodes);
    }

    /// Copies the file, link or special file at `source` to `path`, for `owner`, with `permissions` if they are
    /// not negative. Parents are made. What was at `path` is replaced, unless it is a directory.
    public void copy(Path source, String path, Owner owner, int permissions) throws IOException {
        String target = merged.resolveParent(path);
        Path parent = directory(target.substring(0, target.lastIndexOf('/')), owner);
        Path place = parent.resolve(target.substring(target.lastIndexOf('/') + 1));
        Optional<Path> there = merged.find(target);
        FileStat stat = FileStat.of(source).orElseThrow(() -> new java.nio.file.NoSuchFileException(source.toString()));
        if (there.isPresent() && Files.isDirectory(there.get(), LinkOption.NOFOLLOW_LINKS)) {
            throw new ImageFaultException(
                    new ImageFault.Malformed(target, "cannot replace a directory by something else"));
        }
        Files.deleteIfExists(place);
        if (stat.isSymlink()) {
            Files.createSymbolicLink(place, Files.readSymbolicLink(source));
            own(place, owner);
            return;
        }
        if (stat.isFile()) {
            Files.copy(source, place, LinkOption.NOFOLLOW_LINKS);
        } else if ((stat.mode() & FileStat.TYPE) == FileStat.FIFO) {
            inodes.makeNode(place, FileStat.FIFO, 0, 0);
        } else {
            return; // Sockets and devices are nothing that one copies.
        }
        own(place, owner);
        Files.setAttribute(place, "unix:mode", permissions < 0 ? stat.permissions() : permissions);
        Overlay.copyAttributes(inodes, source, place);
        inodes.setModified(place, stat.modified());
    }

    /// Gives the directory at `path`, which exists, an owner, permissions and a time.
    public void dress(String path, Owner owner, int permissions, FileTime modified) throws IOException {
        Path place = directory(path, owner);
        own(place, owner);
        Files.setAttribute(place, "unix:mode", permissions);
        inodes.setModified(place, modified);
    }

    /// Unpacks the archive `in`, compressed or not, into the directory `path`, as plain files.
    public void unpack(InputStream in, String path) throws IOException {
        directory(path, Owner.ROOT);
        unpacker(path).unpack(Compression.open(in));
    }

    /// The same; everything, and the directory if it has to be made, is `owner`'s, whatever the archive says.
    public void unpack(InputStream in, String path, Owner owner) throws IOException {
        directory(path, owner);
        unpacker(path).allOf(owner).unpack(Compression.open(in));
    }

    private LayerUnpacker unpacker(String path) throws IOException {
        List<Path> lowers = merged.layers().subList(1, merged.layers().size());
        List<String> prefix = MergedTree.components(merged.resolve(path));
        return new LayerUnpacker(upper, lowers, inodes, LayerUnpacker.Limits.USUAL, false, prefix);
    }

    static void own(Path path, Owner owner) throws IOException {
        Files.setAttribute(path, "unix:uid", owner.uid(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:gid", owner.gid(), LinkOption.NOFOLLOW_LINKS);
    }
}
