package dev.longshore.builder.context;

import dev.longshore.base.Time;
import dev.longshore.builder.stage.SourceTree;
import dev.longshore.builder.stage.SourceTree.Entry;
import dev.longshore.images.FileMirror;
import dev.longshore.images.FileStat;
import dev.longshore.images.tar.TarEntry;
import dev.longshore.images.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Brings a mirror to what a directory of this machine holds. Files that look as they did when they were last read
/// (inode, size, times of the last changes, of which nobody can set the last one) are not read again; what had
/// changed only just before it was read is, for it could have changed again within the same tick of the clock.
/// Everything belongs to root, as clients send it; of times whole seconds count. Sockets, pipes and devices are left
/// out. For one thread, once.
final class DirectoryReading {

    private static final Duration TICK = Duration.ofSeconds(2);

    private final SourceTree source;
    private final FileMirror mirror;
    private final Time time;

    DirectoryReading(SourceTree source, FileMirror mirror, Time time) {
        this.source = source;
        this.mirror = mirror;
        this.time = time;
    }

    /// Takes what is below the root. The round is the caller's to begin and to end.
    void all() throws IOException, InterruptedException {
        below("/");
    }

    /// Takes the file at `path`, whatever is ignored, unless it is there; what it is a link to, if it is one.
    void one(String path) throws IOException {
        Optional<Entry> found = source.at("/" + path);
        if (found.isEmpty() || !found.get().stat().isFile()) {
            return;
        }
        take(found.get().path().substring(1), found.get());
        if (Files.notExists(mirror.directory().resolve(path), LinkOption.NOFOLLOW_LINKS)) {
            take(path, found.get());
        }
    }

    /// Adds a file that is not in the directory.
    void add(String name, byte[] content) throws IOException {
        var entry = new TarEntry(
                name, TarEntry.Type.FILE, "", content.length, 0644, 0, 0, FileTime.fromMillis(0), 0, 0, Map.of());
        mirror.put(name, entry, sink -> sink.write(0, content, content.length));
    }

    private void below(String directory) throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the build was cancelled");
        }
        for (Entry child : source.children(directory)) {
            take(child.path().substring(1), child);
            if (child.stat().isDirectory()) {
                below(child.path());
            }
        }
    }

    private void take(String path, Entry entry) throws IOException {
        FileStat stat = entry.stat();
        if (stat.isFile()) {
            file(path, entry.place(), stat);
        } else if (stat.isDirectory()) {
            mirror.put(path, entry(path, TarEntry.Type.DIRECTORY, "", stat), FileMirror.Content.NONE);
        } else if (stat.isSymlink()) {
            String target = Files.readSymbolicLink(entry.place()).toString();
            mirror.put(path, entry(path, TarEntry.Type.SYMLINK, target, stat), FileMirror.Content.NONE);
        }
    }

    private void file(String path, Path place, FileStat stat) throws IOException {
        boolean isSettled = stat.changed().toInstant().plus(TICK).isBefore(time.now());
        if (isSettled && mirror.keep(path, stat)) {
            return;
        }
        TarEntry entry = entry(path, TarEntry.Type.FILE, "", stat);
        FileMirror.Content content = sink -> read(place, stat.size(), sink);
        if (isSettled) {
            mirror.put(path, entry, content, stat);
        } else {
            mirror.put(path, entry, content);
        }
    }

    /// A file that grows while it is read is cut at the size it had; one that shrinks ends the build.
    private static void read(Path place, long size, TarReader.Sink sink) throws IOException {
        byte[] buffer = new byte[Math.clamp(size, 1, 64 << 10)];
        try (InputStream in = Files.newInputStream(place, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            for (long at = 0; at < size; ) {
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, size - at));
                if (read < 0) {
                    throw new IOException(place + " became shorter while it was read");
                }
                sink.write(at, buffer, read);
                at += read;
            }
        }
    }

    private static TarEntry entry(String path, TarEntry.Type type, String target, FileStat stat) {
        long seconds = stat.modified().to(TimeUnit.SECONDS);
        return new TarEntry(
                path,
                type,
                target,
                type == TarEntry.Type.FILE ? stat.size() : 0,
                stat.permissions(),
                0,
                0,
                FileTime.from(seconds, TimeUnit.SECONDS),
                0,
                0,
                Map.of());
    }
}
