package dev.longshore.images;

import dev.longshore.linux.Inodes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes a directory in overlayfs form as a layer: the same directory gives the same bytes. Names are sorted,
/// times are whole seconds, owners are numbers.
final class LayerDiff {

    private static final Logger log = LoggerFactory.getLogger(LayerDiff.class);
    private static final String XATTR = "SCHILY.xattr.";
    private static final int DEVICE_MINOR_LOW = 0xff;

    private final Inodes inodes;
    private final TarArchiveOutputStream tar;
    private final Map<String, String> firstNames = new HashMap<>();

    private LayerDiff(Inodes inodes, TarArchiveOutputStream tar) {
        this.inodes = inodes;
        this.tar = tar;
    }

    /// Writes what `upper` holds to `out`; leaves `out` open.
    static void write(Path upper, OutputStream out, Inodes inodes) throws IOException {
        var tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
        new LayerDiff(inodes, tar).children(upper, "");
        tar.finish();
        out.flush();
    }

    private void children(Path directory, String prefix) throws IOException {
        for (Path child : Overlay.children(directory)) {
            FileStat stat = FileStat.of(child).orElseThrow(() -> new IOException("vanished: " + child));
            entry(child, prefix + child.getFileName(), stat);
        }
    }

    private void entry(Path path, String name, FileStat stat) throws IOException {
        switch (stat.mode() & FileStat.TYPE) {
            case FileStat.DIRECTORY -> directory(path, name, stat);
            case FileStat.SYMLINK -> {
                TarArchiveEntry entry = header(name, TarConstants.LF_SYMLINK, stat);
                entry.setLinkName(Files.readSymbolicLink(path).toString());
                put(entry);
            }
            case FileStat.FILE -> file(path, name, stat);
            case FileStat.CHARACTER_DEVICE -> {
                if (stat.isWhiteout()) {
                    put(whiteout(name, stat));
                } else {
                    device(path, name, TarConstants.LF_CHR, stat);
                }
            }
            case FileStat.BLOCK_DEVICE -> device(path, name, TarConstants.LF_BLK, stat);
            case FileStat.FIFO -> {
                TarArchiveEntry entry = header(name, TarConstants.LF_FIFO, stat);
                attributes(path, entry);
                put(entry);
            }
            default -> log.debug("a socket is no part of a layer: {}", name);
        }
    }

    private void directory(Path path, String name, FileStat stat) throws IOException {
        if (inodes.attribute(path, Overlay.PREFIX + "redirect").isPresent()) {
            throw new IOException("a renamed directory that overlayfs only points to: mount with redirect_dir=off");
        }
        TarArchiveEntry entry = header(name + "/", TarConstants.LF_DIR, stat);
        attributes(path, entry);
        put(entry);
        if (Overlay.isOpaque(inodes, path)) {
            put(whiteout(name + "/.wh..opq", stat));
        }
        children(path, name + "/");
    }

    private void file(Path path, String name, FileStat stat) throws IOException {
        String first = stat.links() > 1 ? firstNames.putIfAbsent(stat.identity(), name) : null;
        if (first != null) {
            TarArchiveEntry entry = header(name, TarConstants.LF_LINK, stat);
            entry.setLinkName(first);
            put(entry);
            return;
        }
        TarArchiveEntry entry = header(name, TarConstants.LF_NORMAL, stat);
        entry.setSize(stat.size());
        attributes(path, entry);
        tar.putArchiveEntry(entry);
        Files.copy(path, tar);
        tar.closeArchiveEntry();
    }

    private void device(Path path, String name, byte type, FileStat stat) throws IOException {
        TarArchiveEntry entry = header(name, type, stat);
        long device = stat.rdev();
        entry.setDevMajor((int) (device >>> 8 & 0xfff | device >>> 32 & 0xfffff000L));
        entry.setDevMinor((int) (device & DEVICE_MINOR_LOW | device >>> 12 & 0xffffff00L));
        attributes(path, entry);
        put(entry);
    }

    private static TarArchiveEntry whiteout(String name, FileStat stat) {
        int slash = name.lastIndexOf('/');
        var entry = new TarArchiveEntry(
                name.substring(0, slash + 1) + ".wh." + name.substring(slash + 1), TarConstants.LF_NORMAL);
        entry.setMode(0);
        entry.setLastModifiedTime(seconds(stat.modified()));
        return entry;
    }

    private static TarArchiveEntry header(String name, byte type, FileStat stat) {
        var entry = new TarArchiveEntry(name, type);
        entry.setUserId((long) stat.uid());
        entry.setGroupId((long) stat.gid());
        entry.setUserName("");
        entry.setGroupName("");
        entry.setMode(stat.permissions());
        entry.setLastModifiedTime(seconds(stat.modified()));
        return entry;
    }

    private void attributes(Path path, TarArchiveEntry entry) throws IOException {
        for (var attribute : inodes.attributes(path).entrySet()) {
            String name = attribute.getKey();
            if (!name.startsWith("user.") && !name.equals("security.capability")) {
                continue;
            }
            String text = new String(attribute.getValue(), StandardCharsets.UTF_8);
            if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), attribute.getValue())) {
                log.warn("{}: the attribute {} is left out of the layer: its value is not text", path, name);
                continue;
            }
            entry.addPaxHeader(XATTR + name, text);
        }
    }

    private void put(TarArchiveEntry entry) throws IOException {
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    private static FileTime seconds(FileTime time) {
        return FileTime.from(Instant.ofEpochSecond(time.toInstant().getEpochSecond()));
    }
}
