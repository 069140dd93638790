package dev.longshore.kubelet.serving;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/// The files of one log in their order: those that were moved aside (`0.log.20260101-120000`, later with `.gz`), then
/// the one that is written. Begins with that one and goes on with what came after: who reads slower than a container
/// writes finds the next file here for as long as it is kept, not only the newest. For one thread.
final class LogFiles implements AutoCloseable {

    private static final String COMPRESSED = ".gz";
    private static final String HALF = ".tmp";
    private static final int BEGINNING = 64;

    /// How often files may move while they are looked at.
    private static final int MOST_LOOKS = 100;

    private final Path log;
    private Opened opened;

    LogFiles(Path log) {
        this.log = log;
    }

    /// One of them, open.
    ///
    /// @param after what follows it has a name after this one: its own, or the newest that there was when it was
    ///     opened as the one that is written
    /// @param key empty once it was moved aside, else what tells it from the one that is written later
    private record Opened(ReadableByteChannel channel, String after, Optional<Object> key) {}

    /// Opens the first file, or the one after that which [is over][#isOver].
    ///
    /// @throws NoSuchFileException while there is none
    void advance() throws IOException {
        Opened next = opened == null ? current() : next();
        close();
        opened = next;
    }

    /// Where the lines begin of which `lines` are left in this file.
    void skipToTail(long lines) throws IOException {
        if (opened.channel instanceof FileChannel file) {
            file.position(LogTail.start(file, lines));
        }
    }

    /// The next bytes of this file; none or less if there are none now.
    int read(ByteBuffer into) throws IOException {
        return opened.channel.read(into);
    }

    /// Nothing more is written to this file: it was moved aside, and its writer has begun another.
    boolean isOver() throws IOException {
        if (opened.key.isEmpty()) {
            return Files.exists(log)
                    || !movedAside().tailMap(opened.after, false).isEmpty();
        }
        try {
            return !opened.key.get().equals(key(log));
        } catch (NoSuchFileException betweenTheTwo) {
            return false;
        }
    }

    /// Begins anew if this file was cut to nothing in place.
    boolean isCut() throws IOException {
        if (opened.channel instanceof FileChannel file && file.position() > file.size()) {
            file.position(0);
            return true;
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        if (opened != null) {
            opened.channel.close();
        }
    }

    private Opened current() throws IOException {
        for (int attempt = 1; attempt <= MOST_LOOKS; attempt++) {
            String newest = newest();
            Object key = key(log);
            FileChannel channel = open(log);
            if (isStill(key, newest)) {
                return new Opened(channel, newest, Optional.of(key));
            }
            // Moved aside meanwhile: it is not certain which one this is.
            channel.close();
        }
        throw new IOException("the log " + log + " is moved aside all the time");
    }

    private boolean isStill(Object key, String newest) throws IOException {
        return Files.exists(log, LinkOption.NOFOLLOW_LINKS) && newest.equals(newest()) && key.equals(key(log));
    }

    private Opened next() throws IOException {
        for (int attempt = 1; attempt <= MOST_LOOKS; attempt++) {
            try {
                for (var candidate : movedAside().tailMap(opened.after, false).entrySet()) {
                    if (!isThisOne(candidate.getValue())) {
                        return moved(candidate.getKey(), candidate.getValue());
                    }
                }
                break;
            } catch (NoSuchFileException gone) {
                // Compressed or deleted since it was listed.
                continue;
            }
        }
        return current();
    }

    private static Opened moved(String name, Path file) throws IOException {
        return new Opened(
                file.toString().endsWith(COMPRESSED) ? Channels.newChannel(content(file)) : open(file),
                name,
                Optional.empty());
    }

    /// Every record has its time, so that two files never begin alike.
    private boolean isThisOne(Path file) throws IOException {
        if (opened.key.isEmpty() || !(opened.channel instanceof FileChannel channel)) {
            return false;
        }
        var beginning = ByteBuffer.allocate(BEGINNING);
        channel.read(beginning, 0);
        int length = beginning.position();
        try (var in = content(file)) {
            return length > 0 && Arrays.equals(Arrays.copyOf(beginning.array(), length), in.readNBytes(length));
        }
    }

    private static InputStream content(Path file) throws IOException {
        InputStream stored = Channels.newInputStream(open(file));
        if (!file.toString().endsWith(COMPRESSED)) {
            return stored;
        }
        try {
            return new GZIPInputStream(stored);
        } catch (IOException damaged) {
            stored.close();
            throw damaged;
        }
    }

    private String newest() throws IOException {
        var moved = movedAside();
        return moved.isEmpty() ? "" : moved.lastKey();
    }

    /// By name without the ending of what is compressed; none once the pod's directory is gone.
    private NavigableMap<String, Path> movedAside() throws IOException {
        var moved = new TreeMap<String, Path>();
        try (var siblings = Files.newDirectoryStream(log.getParent(), log.getFileName() + ".*")) {
            for (Path file : siblings) {
                String name = file.getFileName().toString();
                if (name.endsWith(COMPRESSED)) {
                    moved.putIfAbsent(name.substring(0, name.length() - COMPRESSED.length()), file);
                } else if (!name.endsWith(HALF)) {
                    moved.put(name, file);
                }
            }
        } catch (NoSuchFileException gone) {
            // With the pod.
        }
        return moved;
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    private static Object key(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
        return key == null ? file : key;
    }
}
