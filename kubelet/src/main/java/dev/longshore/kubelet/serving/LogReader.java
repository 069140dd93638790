package dev.longshore.kubelet.serving;

import dev.longshore.base.Time;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/// Reads a container's log in blocks. While it follows it looks for more, ten times a second when there has been
/// nothing for a while, and goes on with the next file when this one was rotated away.
final class LogReader {

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);
    private static final int BLOCK = 128 << 10;
    private static final int LONGEST_RECORD = 4 << 20;

    private final Time time;
    private final LogOptions options;
    private final OutputStream out;
    private final LogLines lines;
    private byte[] block = new byte[BLOCK];
    private int held;
    private Duration pause = SHORTEST_PAUSE;

    LogReader(Time time, LogOptions options, OutputStream out) {
        this.time = time;
        this.options = options;
        this.out = out;
        // What is written while the tail is read is no part of it.
        boolean isTail = options.tailLines().isPresent() && !options.follow();
        this.lines = new LogLines(options, isTail ? options.tailLines().getAsLong() : Long.MAX_VALUE, out);
    }

    /// Writes what is asked for; when following, until `isRunning` says no and all is written. A log that is not
    /// there is told of in its place, for the answer has begun.
    void copy(Path file, BooleanSupplier isRunning) throws IOException, InterruptedException {
        // Tells the client that the log is there, even if it says nothing for long.
        out.flush();
        boolean isFirst = true;
        while (true) {
            try (var channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
                Object key = key(file);
                if (isFirst && options.tailLines().isPresent()) {
                    channel.position(LogTail.start(channel, options.tailLines().getAsLong()));
                }
                isFirst = false;
                held = 0;
                if (!drain(channel, file, key, isRunning)) {
                    return;
                }
            } catch (NoSuchFileException absent) {
                if (!options.follow() || !isRunning.getAsBoolean()) {
                    if (isFirst) {
                        out.write("failed to try resolving symlinks in path \"%s\": lstat %s: no such file or directory"
                                .formatted(file, file)
                                .getBytes(StandardCharsets.UTF_8));
                    }
                    return;
                }
                time.sleep(LONGEST_PAUSE);
            }
        }
    }

    /// True if the file was rotated and the next is to be opened.
    private boolean drain(FileChannel channel, Path file, Object key, BooleanSupplier isRunning)
            throws IOException, InterruptedException {
        boolean isLast = !options.follow();
        boolean isRotated = false;
        while (true) {
            while (read(channel)) {
                if (lines.isDone()) {
                    lines.flush();
                    return false;
                }
            }
            if (isLast) {
                if (!options.follow()) {
                    lines.takeLast(block, 0, held);
                }
                lines.flush();
                return false;
            }
            lines.flush();
            if (isRotated) {
                return true;
            }
            if (channel.position() > channel.size()) {
                // Cut to nothing in place.
                channel.position(0);
                held = 0;
                continue;
            }
            // Both are asked before the next look, which then finds whatever was written before the answers.
            isLast = !isRunning.getAsBoolean();
            isRotated = isRotated(file, key);
            if (!isLast && !isRotated) {
                time.sleep(pause);
                pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        }
    }

    private boolean read(FileChannel channel) throws IOException {
        makeRoom();
        int read = channel.read(ByteBuffer.wrap(block, held, block.length - held));
        if (read <= 0) {
            return false;
        }
        pause = SHORTEST_PAUSE;
        int end = held + read;
        int next = lines.take(block, 0, end);
        held = end - next;
        if (next > 0 && held > 0) {
            System.arraycopy(block, next, block, 0, held);
        }
        return true;
    }

    private void makeRoom() {
        if (held < block.length) {
            return;
        }
        if (block.length >= LONGEST_RECORD) {
            // No runtime writes such records: what is left of it will not look like one.
            held = 0;
        } else {
            block = Arrays.copyOf(block, block.length * 2);
        }
    }

    /// The file is moved away before there is another one: only then nothing more is written to the old one.
    private static boolean isRotated(Path file, Object key) throws IOException {
        try {
            return !key.equals(key(file));
        } catch (NoSuchFileException betweenTheTwo) {
            return false;
        }
    }

    private static Object key(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? file : key;
    }
}
