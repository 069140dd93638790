package dev.longshore.images;

import dev.longshore.images.LayerTree.Owner;
import dev.longshore.linux.Inodes;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A directory of a layer in the making, and what the layers below have in the same place. It knows where it lies,
/// so that a file in it costs the same however deep it is and however many layers there are. No link is followed.
/// For one thread.
public final class LayerDirectory {

    private final Path place;
    private final List<Path> lowers;
    private final Inodes inodes;

    /// At `place`, which exists, above `lowers`, topmost first.
    LayerDirectory(Path place, List<Path> lowers, Inodes inodes) {
        this.place = place;
        this.lowers = List.copyOf(lowers);
        this.inodes = inodes;
    }

    /// What is called `name`, here or in the layers below.
    public Optional<FileStat> find(String name) throws IOException {
        List<Path> places = places(name);
        return places.isEmpty() ? Optional.empty() : FileStat.of(places.getFirst());
    }

    /// The directory `name`, made for `owner` with mode 0755 if it does not exist; nothing else is there.
    public LayerDirectory enter(String name, Owner owner) throws IOException {
        List<Path> places = places(name);
        Path child = place.resolve(name);
        if (places.isEmpty()) {
            boolean wasHidden = Files.deleteIfExists(child);
            Files.createDirectory(child);
            if (wasHidden) {
                Overlay.makeOpaque(inodes, child);
            }
            own(child, owner);
            Files.setAttribute(child, "unix:mode", 0755);
            return new LayerDirectory(child, List.of(), inodes);
        }
        if (places.getFirst().equals(child)) {
            return new LayerDirectory(child, places.subList(1, places.size()), inodes);
        }
        Files.createDirectory(child);
        FileStat.of(places.getFirst()).orElseThrow().applyTo(child);
        Overlay.copyAttributes(inodes, places.getFirst(), child);
        return new LayerDirectory(child, places, inodes);
    }

    /// Copies the file, link or special file at `source`, which looks as `stat` says, to `name`, for `owner`, with
    /// `permissions`; a link has none. Replaces whatever is there but a directory. Sockets and devices are left
    /// out. Returns where the copy lies.
    public Path copy(Path source, FileStat stat, String name, Owner owner, int permissions) throws IOException {
        Path copy = place.resolve(name);
        Files.deleteIfExists(copy);
        if (stat.isSymlink()) {
            Files.createSymbolicLink(copy, Files.readSymbolicLink(source));
            own(copy, owner);
            inodes.setModified(copy, stat.modified());
            return copy;
        }
        if (stat.isFile()) {
            Files.copy(source, copy, LinkOption.NOFOLLOW_LINKS);
        } else if ((stat.mode() & FileStat.TYPE) == FileStat.FIFO) {
            inodes.makeNode(copy, FileStat.FIFO, 0, 0);
        } else {
            return copy;
        }
        own(copy, owner);
        Files.setAttribute(copy, "unix:mode", permissions);
        Overlay.copyAttributes(inodes, source, copy);
        inodes.setModified(copy, stat.modified());
        return copy;
    }

    /// Makes `name` another name of the file at `source`, which looks as `stat` says and which nobody ever writes to;
    /// a copy of it, if the file system gives it no further name.
    public void copyOrLink(Path source, FileStat stat, String name) throws IOException {
        try {
            link(source, name);
        } catch (FileSystemException tooMany) {
            copy(source, stat, name, new Owner(stat.uid(), stat.gid()), stat.permissions());
        }
    }

    /// Makes `name` another name of the file at `copy`, which this layer has.
    public void link(Path copy, String name) throws IOException {
        Path link = place.resolve(name);
        Files.deleteIfExists(link);
        Files.createLink(link, copy);
    }

    /// Gives this directory an owner, permissions, a time, and the attributes of `source`.
    public void dress(Owner owner, int permissions, FileTime modified, Path source) throws IOException {
        LayerTree.own(place, owner);
        Files.setAttribute(place, "unix:mode", permissions);
        Overlay.copyAttributes(inodes, source, place);
        inodes.setModified(place, modified);
    }

    /// New files are root's anyway.
    private static void own(Path fresh, Owner owner) throws IOException {
        if (!owner.equals(Owner.ROOT)) {
            LayerTree.own(fresh, owner);
        }
    }

    /// Every place that makes up `name`, topmost first, as overlayfs sees it.
    private List<Path> places(String name) throws IOException {
        var places = new ArrayList<Path>();
        if (add(place, name, places)) {
            for (Path lower : lowers) {
                if (!add(lower, name, places)) {
                    break;
                }
            }
        }
        return places;
    }

    /// Adds what `directory` has; false if nothing below it shows.
    private boolean add(Path directory, String name, List<Path> places) throws IOException {
        Path child = directory.resolve(name);
        Optional<FileStat> stat = FileStat.of(child);
        if (stat.isEmpty()) {
            return true;
        }
        if (stat.get().isWhiteout()) {
            return false;
        }
        if (stat.get().isDirectory()) {
            places.add(child);
            return !Overlay.isOpaque(inodes, child);
        }
        if (places.isEmpty()) {
            places.add(child);
        }
        return false;
    }
}
