package dev.longshore.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Map;

/// Writes a directory as a tar archive (POSIX ustar, with pax headers for long names), as build contexts are
/// sent. The engine applies `.dockerignore`.
final class ContextArchive {

    private static final int BLOCK = 512;
    private static final int LONGEST_NAME = 100;
    private static final long LARGEST_OCTAL = 077777777777L;
    private static final byte[] ZEROS = new byte[BLOCK];

    private final OutputStream out;

    private ContextArchive(OutputStream out) {
        this.out = out;
    }

    /// Writes everything below `root` to `out`.
    static void write(Path root, OutputStream out) throws IOException {
        var archive = new ContextArchive(out);
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                if (!directory.equals(root)) {
                    archive.entry(root.relativize(directory) + "/", directory, '5', 0, "");
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = root.relativize(file).toString();
                if (attributes.isSymbolicLink()) {
                    archive.entry(
                            name, file, '2', 0, Files.readSymbolicLink(file).toString());
                } else if (attributes.isRegularFile()) {
                    archive.entry(name, file, '0', attributes.size(), "");
                    archive.content(file, attributes.size());
                }
                return FileVisitResult.CONTINUE;
            }
        });
        end(out);
    }

    /// Ends an archive.
    static void end(OutputStream out) throws IOException {
        out.write(ZEROS);
        out.write(ZEROS);
    }

    /// Writes a file with `content` as a whole archive.
    static void writeFile(String name, byte[] content, OutputStream out) throws IOException {
        append(name, content, out);
        end(out);
    }

    /// Writes a file with `content` as one member of an archive that is not yet at its end.
    static void append(String name, byte[] content, OutputStream out) throws IOException {
        var archive = new ContextArchive(out);
        archive.header(name, 0644, 0, 0, content.length, 0, '0', "");
        out.write(content);
        archive.pad(content.length);
    }

    /// Writes the file `file` as the member `name` of an archive that is not yet at its end.
    static void append(String name, Path file, OutputStream out) throws IOException {
        var archive = new ContextArchive(out);
        long size = Files.size(file);
        archive.entry(name, file, '0', size, "");
        archive.content(file, size);
    }

    private void entry(String name, Path file, char type, long size, String link) throws IOException {
        if (bytes(name).length > LONGEST_NAME || bytes(link).length > LONGEST_NAME || size > LARGEST_OCTAL) {
            byte[] extended = bytes(pax("path", name) + pax("linkpath", link) + pax("size", String.valueOf(size)));
            header("pax", 0644, 0, 0, extended.length, 0, 'x', "");
            out.write(extended);
            pad(extended.length);
        }
        Map<String, Object> unix = Files.readAttributes(file, "unix:mode,uid,gid", LinkOption.NOFOLLOW_LINKS);
        long modified =
                Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toMillis() / 1000;
        header(
                cut(name),
                (Integer) unix.get("mode") & 07777,
                (Integer) unix.get("uid"),
                (Integer) unix.get("gid"),
                Math.min(size, LARGEST_OCTAL),
                modified,
                type,
                cut(link));
    }

    /// A file that grows while it is read is cut at the size that was announced; one that shrinks ends the
    /// build.
    private void content(Path file, long size) throws IOException {
        try (var in = Files.newInputStream(file)) {
            byte[] buffer = new byte[64 << 10];
            long left = size;
            while (left > 0) {
                int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (count < 0) {
                    throw new IOException(file + " became shorter while it was read");
                }
                out.write(buffer, 0, count);
                left -= count;
            }
        }
        pad(size);
    }

    private void header(String name, int mode, int uid, int gid, long size, long modified, char type, String link)
            throws IOException {
        byte[] block = new byte[BLOCK];
        put(block, 0, name);
        put(block, 100, "%07o".formatted(mode));
        put(block, 108, "%07o".formatted(uid & 07777777));
        put(block, 116, "%07o".formatted(gid & 07777777));
        put(block, 124, "%011o".formatted(size));
        put(block, 136, "%011o".formatted(modified));
        Arrays.fill(block, 148, 156, (byte) ' ');
        block[156] = (byte) type;
        put(block, 157, link);
        put(block, 257, "ustar");
        put(block, 263, "00");
        int sum = 0;
        for (byte octet : block) {
            sum += octet & 0xff;
        }
        put(block, 148, "%06o".formatted(sum));
        block[154] = 0;
        out.write(block);
    }

    private void pad(long size) throws IOException {
        int rest = (int) (size % BLOCK);
        if (rest > 0) {
            out.write(ZEROS, 0, BLOCK - rest);
        }
    }

    private static String pax(String key, String value) {
        if (value.isEmpty()) {
            return "";
        }
        int body = bytes(key).length + bytes(value).length + 3;
        int length = body + String.valueOf(body).length();
        length = body + String.valueOf(length).length();
        return length + " " + key + "=" + value + "\n";
    }

    private static String cut(String name) {
        byte[] bytes = bytes(name);
        return bytes.length <= LONGEST_NAME
                ? name
                : new String(bytes, bytes.length - LONGEST_NAME, LONGEST_NAME, StandardCharsets.ISO_8859_1);
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = bytes(text);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
