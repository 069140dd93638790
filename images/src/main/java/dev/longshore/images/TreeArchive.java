package dev.longshore.images;

import dev.longshore.images.tar.TarWriter;
import dev.longshore.linux.Inodes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// A whole file system as one archive, as `docker export` writes it: what the layers show together, without
/// whiteouts. Stateless.
public final class TreeArchive {

    private final Inodes inodes;

    TreeArchive(Inodes inodes) {
        this.inodes = inodes;
    }

    /// Writes what `layers`, topmost first, make together to `out`; leaves `out` open. A container's own directory
    /// is its topmost layer. Files that go while it reads are left out, those that shrink are filled with zeros.
    public void write(MergedTree layers, OutputStream out) throws IOException {
        var tar = new TarWriter(out);
        directory(layers, "", new MemberWriter(tar, inodes));
        tar.finish();
    }

    private static void directory(MergedTree layers, String prefix, MemberWriter members) throws IOException {
        for (Map.Entry<String, Path> child : layers.list("/" + prefix).entrySet()) {
            Optional<FileStat> stat = FileStat.of(child.getValue());
            if (stat.isEmpty()) {
                continue;
            }
            String name = prefix + child.getKey();
            members.add(child.getValue(), name, stat.get());
            if (stat.get().isDirectory()) {
                directory(layers, name + "/", members);
            }
        }
    }
}
