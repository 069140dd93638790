package dev.longshore.images;

import dev.longshore.images.tar.TarEntry;
import java.nio.ByteBuffer;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a mirror holds at one path. For the thread that has the mirror; [#lands] for any.
final class MirrorNode {

    private final Looks looks;
    private final Optional<String> sum;
    private Optional<FileStat> origin = Optional.empty();
    private int round;
    private Optional<String> landed = Optional.empty();

    /// @param sum of a file's content
    MirrorNode(Looks looks, Optional<String> sum) {
        this.looks = looks;
        this.sum = sum;
    }

    /// All that decides whether what is there can stay.
    ///
    /// @param isImplied nobody said how it looks: a directory that something lies in
    record Looks(
            TarEntry.Type type,
            boolean isImplied,
            int mode,
            long uid,
            long gid,
            FileTime modified,
            long size,
            String linkName,
            Map<String, ByteBuffer> attributes) {

        static final Looks IMPLIED =
                new Looks(TarEntry.Type.DIRECTORY, true, 0755, 0, 0, FileTime.fromMillis(0), 0, "", Map.of());

        static Looks of(TarEntry entry) {
            var attributes = new TreeMap<String, ByteBuffer>();
            if (entry.type() != TarEntry.Type.SYMLINK) {
                entry.attributes().forEach((name, value) -> {
                    if (Overlay.isOfImages(name)) {
                        attributes.put(name, ByteBuffer.wrap(value));
                    }
                });
            }
            return new Looks(
                    entry.type(),
                    false,
                    entry.mode(),
                    entry.uid(),
                    entry.gid(),
                    entry.modified(),
                    entry.size(),
                    entry.linkName(),
                    attributes.isEmpty() ? Map.of() : attributes);
        }

        /// True if a directory that looked like `before` can be made to look so. Attributes are never taken away again,
        /// and a directory that nobody describes any more has no time to go back to.
        boolean canFollow(Looks before) {
            return attributes.keySet().containsAll(before.attributes().keySet()) && (before.isImplied() || !isImplied);
        }

        boolean isDirectory() {
            return type == TarEntry.Type.DIRECTORY;
        }

        boolean isFile() {
            return type == TarEntry.Type.FILE;
        }
    }

    Looks looks() {
        return looks;
    }

    Optional<String> sum() {
        return sum;
    }

    /// True if it was met in round `number`.
    boolean isOf(int number) {
        return round == number;
    }

    void meet(int number) {
        round = number;
    }

    /// The file it was read from looked so, long enough before that no later change can hide.
    void comesFrom(Optional<FileStat> file) {
        origin = file;
    }

    boolean comesFrom(FileStat file) {
        return origin.filter(file::equals).isPresent();
    }

    /// True if the file may be a file of images at `path`. The first who asks decides at which one: so no two files
    /// of an image are ever one by a link that nobody made.
    synchronized boolean lands(String path) {
        if (landed.isEmpty()) {
            landed = Optional.of(path);
        }
        return landed.get().equals(path);
    }
}
