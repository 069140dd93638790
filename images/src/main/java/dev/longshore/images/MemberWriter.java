package dev.longshore.images;

import dev.longshore.images.tar.TarEntry;
import dev.longshore.images.tar.TarWriter;
import dev.longshore.linux.Inodes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts files of this host into an archive as they are: owners, modes, whole seconds, hard links, devices,
/// extended attributes. Opens regular files only. For one thread.
final class MemberWriter {

    private static final Logger log = LoggerFactory.getLogger(MemberWriter.class);

    private final TarWriter tar;
    private final Inodes inodes;
    private final Map<String, String> firstNames = new HashMap<>();

    MemberWriter(TarWriter tar, Inodes inodes) {
        this.tar = tar;
        this.inodes = inodes;
    }

    /// Adds the file at `path` under `name`; of a directory itself alone.
    void add(Path path, String name, FileStat stat) throws IOException {
        switch (stat.mode() & FileStat.TYPE) {
            case FileStat.DIRECTORY -> tar.add(entry(path, name + "/", TarEntry.Type.DIRECTORY, "", stat));
            case FileStat.SYMLINK -> {
                String target = Files.readSymbolicLink(path).toString();
                tar.add(entry(path, name, TarEntry.Type.SYMLINK, target, stat));
            }
            case FileStat.FILE -> file(path, name, stat);
            case FileStat.CHARACTER_DEVICE -> tar.add(entry(path, name, TarEntry.Type.CHARACTER_DEVICE, "", stat));
            case FileStat.BLOCK_DEVICE -> tar.add(entry(path, name, TarEntry.Type.BLOCK_DEVICE, "", stat));
            case FileStat.FIFO -> tar.add(entry(path, name, TarEntry.Type.FIFO, "", stat));
            default -> log.debug("a socket is no part of an archive: {}", name);
        }
    }

    private void file(Path path, String name, FileStat stat) throws IOException {
        String first = stat.links() > 1 ? firstNames.putIfAbsent(stat.identity(), name) : null;
        if (first != null) {
            tar.add(entry(path, name, TarEntry.Type.HARD_LINK, first, stat));
            return;
        }
        try (InputStream content = Files.newInputStream(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            tar.add(entry(path, name, TarEntry.Type.FILE, "", stat), content);
        }
    }

    private TarEntry entry(Path path, String name, TarEntry.Type type, String link, FileStat stat) throws IOException {
        boolean isDevice = type == TarEntry.Type.CHARACTER_DEVICE || type == TarEntry.Type.BLOCK_DEVICE;
        boolean hasAttributes = type != TarEntry.Type.SYMLINK && type != TarEntry.Type.HARD_LINK;
        return new TarEntry(
                name,
                type,
                link,
                type == TarEntry.Type.FILE ? stat.size() : 0,
                stat.permissions(),
                Integer.toUnsignedLong(stat.uid()),
                Integer.toUnsignedLong(stat.gid()),
                stat.modified(),
                isDevice ? stat.major() : 0,
                isDevice ? stat.minor() : 0,
                hasAttributes ? attributes(path) : Map.of());
    }

    private Map<String, byte[]> attributes(Path path) throws IOException {
        var attributes = new TreeMap<>(inodes.attributes(path));
        attributes.keySet().removeIf(name -> !Overlay.isOfImages(name));
        return attributes;
    }
}
