package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.images.FileStat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.format.DateTimeFormatter;
import java.util.Base64;

/// What a client is told of a file before it copies it: `X-Docker-Container-Path-Stat`.
///
/// @param mode as Go's `os.FileMode` has it
record PathStat(String name, long size, long mode, String modified, String linkTarget) {

    private static final long DIRECTORY = 1L << 31;
    private static final long LINK = 1L << 27;
    private static final long DEVICE = 1L << 26;
    private static final long FIFO = 1L << 25;
    private static final long SOCKET = 1L << 24;
    private static final long SET_UID = 1L << 23;
    private static final long SET_GID = 1L << 22;
    private static final long CHARACTER = 1L << 21;
    private static final long STICKY = 1L << 20;
    private static final int TYPE = 0170000;
    private static final int PERMISSIONS = 0777;

    /// Of the file at `path`, which is called `name`; a link at the end is not followed.
    static PathStat of(Path path, String name, FileStat stat) throws IOException {
        return new PathStat(
                name,
                stat.size(),
                mode(stat.mode()),
                DateTimeFormatter.ISO_INSTANT.format(stat.modified().toInstant()),
                stat.isSymlink() ? Files.readSymbolicLink(path).toString() : "");
    }

    /// The bits of lstat(2) in Go's order.
    static long mode(int unix) {
        long mode = unix & PERMISSIONS;
        mode |= (unix & 04000) != 0 ? SET_UID : 0;
        mode |= (unix & 02000) != 0 ? SET_GID : 0;
        mode |= (unix & 01000) != 0 ? STICKY : 0;
        return mode
                | switch (unix & TYPE) {
                    case 0040000 -> DIRECTORY;
                    case 0120000 -> LINK;
                    case 0060000 -> DEVICE;
                    case 0020000 -> DEVICE | CHARACTER;
                    case 0010000 -> FIFO;
                    case 0140000 -> SOCKET;
                    default -> 0;
                };
    }

    boolean isDirectory() {
        return (mode & DIRECTORY) != 0;
    }

    String header() {
        byte[] json = Json.bytes(Json.object()
                .put("name", name)
                .put("size", size)
                .put("mode", mode)
                .put("mtime", modified)
                .put("linkTarget", linkTarget));
        return Base64.getEncoder().encodeToString(json);
    }
}
