package dev.longshore.kubelet.volumes;

import dev.longshore.base.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Writes a set of files so that a reader sees all of them old or all of them new:
///
///     volume/
///       ..2026_01_01_00_00_00.123456789/app.conf     the files
///       ..data -> ..2026_01_01_00_00_00.123456789    swapped by one rename
///       app.conf -> ..data/app.conf                  what programs open
///
/// A set that is there already is left alone.
final class AtomicFiles {

    private static final String DATA = "..data";
    private static final int EVERYBODY = 0777;
    private static final int READABLE = 0755;
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyy_MM_dd_HH_mm_ss.nnnnnnnnn").withZone(ZoneOffset.UTC);

    private final Time time;

    AtomicFiles(Time time) {
        this.time = time;
    }

    /// Makes `directory` hold exactly `files`, by relative path; with `group` they belong to it and it may read
    /// them, before anybody sees them.
    void write(Path directory, Map<String, Entry> files, OptionalLong group) {
        try {
            begin(directory);
            Optional<Path> present = present(directory);
            if (present.isPresent() && holds(present.get(), files)) {
                // A crash may have come between the files and their names.
                link(directory, files.keySet());
                return;
            }
            Path fresh = freshDirectory(directory);
            for (var file : files.entrySet()) {
                Path target = fresh.resolve(checked(file.getKey()));
                Files.createDirectories(target.getParent());
                Files.write(target, file.getValue().content());
                Files.setPosixFilePermissions(
                        target, permissions(file.getValue().mode()));
                if (file.getValue().owner().isPresent()) {
                    Files.setAttribute(
                            target,
                            "unix:uid",
                            Math.toIntExact(file.getValue().owner().getAsLong()));
                }
            }
            if (group.isPresent()) {
                new Ownership(group.getAsLong(), true).give(directory);
            }
            Path link = directory.resolve(DATA + "_tmp");
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, fresh.getFileName());
            Files.move(link, directory.resolve(DATA), StandardCopyOption.ATOMIC_MOVE);
            link(directory, files.keySet());
            sweep(directory, fresh);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write " + directory, failure);
        }
    }

    private static void begin(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, permissions(EVERYBODY));
        }
    }

    private Path freshDirectory(Path directory) throws IOException {
        Path fresh = directory.resolve(".." + STAMP.format(time.now()));
        for (int i = 1; Files.exists(fresh, LinkOption.NOFOLLOW_LINKS); i++) {
            fresh = directory.resolve(".." + STAMP.format(time.now().plusNanos(i)));
        }
        Files.createDirectory(fresh);
        Files.setPosixFilePermissions(fresh, permissions(READABLE));
        return fresh;
    }

    /// Earlier sets go, also those that a crash left half made.
    private static void sweep(Path directory, Path present) throws IOException {
        try (DirectoryStream<Path> old = Files.newDirectoryStream(directory, "..[0-9]*")) {
            for (Path set : old) {
                if (!set.equals(present)) {
                    Trees.remove(set);
                }
            }
        }
    }

    private static Optional<Path> present(Path directory) throws IOException {
        Path data = directory.resolve(DATA);
        return Files.isSymbolicLink(data)
                ? Optional.of(directory.resolve(Files.readSymbolicLink(data)))
                : Optional.empty();
    }

    private static boolean holds(Path present, Map<String, Entry> files) throws IOException {
        var found = new LinkedHashSet<String>();
        try (var tree = Files.walk(present)) {
            for (Path path : tree.filter(Files::isRegularFile).toList()) {
                String name = present.relativize(path).toString();
                Entry wanted = files.get(name);
                if (wanted == null || !Arrays.equals(wanted.content(), Files.readAllBytes(path))) {
                    return false;
                }
                found.add(name);
            }
        }
        return found.equals(files.keySet());
    }

    /// Links each name at the top to its place under `..data`, and takes away links to what is no more.
    private static void link(Path directory, Set<String> paths) throws IOException {
        var names = new LinkedHashSet<String>();
        paths.forEach(path -> names.add(Path.of(path).getName(0).toString()));
        for (String name : names) {
            Path link = directory.resolve(name);
            if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(link, Path.of(DATA, name));
            }
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (!name.startsWith("..") && !names.contains(name) && Files.isSymbolicLink(entry)) {
                    Files.delete(entry);
                }
            }
        }
    }

    private static Path checked(String name) {
        Path path = Path.of(name);
        if (name.isEmpty()
                || path.isAbsolute()
                || path.startsWith("..")
                || !path.normalize().equals(path)) {
            throw new VolumeException("invalid path: must not contain '..' or be absolute: " + name);
        }
        return path;
    }

    static Set<PosixFilePermission> permissions(int mode) {
        PosixFilePermission[] bits = {
            PosixFilePermission.OTHERS_EXECUTE,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.OWNER_EXECUTE,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.OWNER_READ
        };
        var permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < bits.length; i++) {
            if ((mode & (1 << i)) != 0) {
                permissions.add(bits[i]);
            }
        }
        return permissions;
    }

    /// One file.
    ///
    /// @param owner its user; the node's own if empty
    record Entry(byte[] content, int mode, OptionalLong owner) {
        /// A file of the node's own user.
        Entry(byte[] content, int mode) {
            this(content, mode, OptionalLong.empty());
        }
    }
}
