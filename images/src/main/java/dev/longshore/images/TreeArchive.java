package dev.longshore.images;

import dev.longshore.images.tar.TarEntry;
import dev.longshore.images.tar.TarWriter;
import dev.longshore.linux.Inodes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Whole file systems as one archive, as `docker export` writes one: what the layers show together, without
/// whiteouts. Stateless.
public final class TreeArchive {

    private static final int DIRECTORY_MODE = 0755;
    private static final int OWN_MODE = 0600;
    /// The kernel's, in bytes at most.
    private static final int LONGEST_PATH = 4096;
    private static final int SHOWN = 60;

    private final Inodes inodes;

    TreeArchive(Inodes inodes) {
        this.inodes = inodes;
    }

    /// One of the trees in an archive.
    ///
    /// @param title what people call it
    /// @param directory where it lies in the archive; the top if it is empty
    /// @param own small files beside those of `layers`, root's alone, by name
    /// @param made when `own` were
    public record Part(String title, String directory, MergedTree layers, Map<String, byte[]> own, Instant made) {
        public Part {
            own = new TreeMap<>(own);
        }
    }

    /// Writes what `layers`, topmost first, make together to `out`; leaves `out` open. A container's own directory
    /// is its topmost layer, which its processes may change meanwhile: files that go are left out, those that
    /// shrink are filled with zeros, and no link is followed.
    public void write(MergedTree layers, OutputStream out) throws IOException {
        write(List.of(new Part("", "", layers, Map.of(), Instant.EPOCH)), out);
    }

    /// Writes all `parts` in this order. A directory that several of them have at the same place is the first one's.
    ///
    /// @throws ImageFaultException when two of them have another file at the same place
    public void write(List<Part> parts, OutputStream out) throws IOException {
        var tar = new TarWriter(out);
        boolean isMingled = parts.stream().map(Part::directory).distinct().count() < parts.size();
        var writing = new Writing(tar, inodes, isMingled);
        for (Part part : parts) {
            writing.add(part);
        }
        tar.finish();
    }

    /// One archive in the making.
    private static final class Writing {
        private final TarWriter tar;
        private final Inodes inodes;
        private final MemberWriter members;
        private final boolean isMingled;
        private final Map<String, Place> taken = new HashMap<>();

        /// @param isMingled whether parts may meet: only then names are remembered
        private Writing(TarWriter tar, Inodes inodes, boolean isMingled) {
            this.tar = tar;
            this.inodes = inodes;
            this.members = new MemberWriter(tar, inodes);
            this.isMingled = isMingled;
        }

        private record Place(String title, boolean isDirectory) {}

        void add(Part part) throws IOException {
            String prefix = part.directory().isEmpty() ? "" : part.directory() + "/";
            if (!prefix.isEmpty() && isFree(part.title(), part.directory(), true)) {
                tar.add(member(prefix, TarEntry.Type.DIRECTORY, 0, DIRECTORY_MODE, part.made()));
            }
            try (HeldLayers top = HeldLayers.of(part.layers().layers(), inodes)) {
                directory(part, top, "", prefix);
            }
            for (Map.Entry<String, byte[]> file : part.own().entrySet()) {
                String name = prefix + file.getKey();
                if (isFree(part.title(), name, false)) {
                    byte[] content = file.getValue();
                    tar.add(
                            member(name, TarEntry.Type.FILE, content.length, OWN_MODE, part.made()),
                            new ByteArrayInputStream(content));
                }
            }
        }

        /// A tree that is too deep for paths is refused: each level is held while those below it are read.
        private void directory(Part part, HeldLayers here, String path, String prefix) throws IOException {
            if (path.length() > LONGEST_PATH) {
                throw new FileSystemException(path.substring(0, SHOWN) + "...", null, "File name too long");
            }
            for (Map.Entry<String, MergedTree.Located> child : here.children().entrySet()) {
                FileStat stat = child.getValue().stat();
                String name = path + child.getKey();
                if (isFree(part.title(), prefix + name, stat.isDirectory())) {
                    try {
                        members.add(child.getValue().place(), prefix + name, stat);
                    } catch (NoSuchFileException vanished) {
                        continue;
                    }
                }
                if (stat.isDirectory()) {
                    try (HeldLayers below = here.child(child.getKey())) {
                        directory(part, below, name + "/", prefix);
                    }
                }
            }
        }

        /// False if there is a directory already, which will do.
        private boolean isFree(String title, String name, boolean isDirectory) {
            Place other = isMingled ? taken.putIfAbsent(name, new Place(title, isDirectory)) : null;
            if (other == null) {
                return true;
            }
            if (other.isDirectory() && isDirectory) {
                return false;
            }
            throw new ImageFaultException(new ImageFault.Clash(name, other.title(), title, "split option is disabled"));
        }

        private static TarEntry member(String name, TarEntry.Type type, long size, int mode, Instant made) {
            return new TarEntry(name, type, "", size, mode, 0, 0, FileTime.from(made), 0, 0, Map.of());
        }
    }
}
