package dev.longshore.images;

import dev.longshore.images.tar.TarEntry;
import dev.longshore.images.tar.TarWriter;
import dev.longshore.linux.Inodes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Writes a directory in overlayfs form as a layer: the same directory gives the same bytes. Names are sorted,
/// times are whole seconds, owners are numbers.
final class LayerDiff {

    private final Inodes inodes;
    private final TarWriter tar;
    private final MemberWriter members;
    private long bytes;

    private LayerDiff(Inodes inodes, TarWriter tar) {
        this.inodes = inodes;
        this.tar = tar;
        this.members = new MemberWriter(tar, inodes);
    }

    /// Writes what `upper` holds to `out`; leaves `out` open. Files that go while it reads are left out. Returns
    /// the bytes of the files.
    static long write(Path upper, OutputStream out, Inodes inodes) throws IOException {
        var tar = new TarWriter(out);
        var diff = new LayerDiff(inodes, tar);
        diff.children(upper, "");
        tar.finish();
        return diff.bytes;
    }

    private void children(Path directory, String prefix) throws IOException {
        for (Path child : Overlay.children(directory)) {
            Optional<FileStat> stat = FileStat.of(child);
            if (stat.isPresent()) {
                entry(child, prefix, stat.get());
            }
        }
    }

    private void entry(Path path, String prefix, FileStat stat) throws IOException {
        String name = prefix + path.getFileName();
        if (stat.isWhiteout()) {
            tar.add(mark(prefix + ".wh." + path.getFileName(), stat));
            return;
        }
        if (stat.isDirectory()
                && inodes.attribute(path, Overlay.PREFIX + "redirect").isPresent()) {
            throw new IOException("a renamed directory that overlayfs only points to: mount with redirect_dir=off");
        }
        members.add(path, name, stat);
        bytes += stat.isFile() ? stat.size() : 0;
        if (stat.isDirectory()) {
            if (Overlay.isOpaque(inodes, path)) {
                tar.add(mark(name + "/.wh..wh..opq", stat));
            }
            children(path, name + "/");
        }
    }

    private static TarEntry mark(String name, FileStat stat) {
        return new TarEntry(name, TarEntry.Type.FILE, "", 0, 0, 0, 0, stat.modified(), 0, 0, Map.of());
    }
}
