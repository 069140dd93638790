package dev.longshore.kubelet.serving;

import dev.longshore.base.Time;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/// Reads a container's log in blocks. While it follows it looks for more, ten times a second when there has been
/// nothing for a while, and goes on with the [next file][LogFiles] when this one was rotated away.
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
        try (var files = new LogFiles(file)) {
            while (true) {
                try {
                    files.advance();
                } catch (NoSuchFileException absent) {
                    if (!options.follow() || !isRunning.getAsBoolean()) {
                        if (isFirst) {
                            sayThatItIsNotThere(file);
                        }
                        return;
                    }
                    time.sleep(LONGEST_PAUSE);
                    continue;
                }
                if (isFirst && options.tailLines().isPresent()) {
                    files.skipToTail(options.tailLines().getAsLong());
                }
                isFirst = false;
                held = 0;
                if (!drain(files, isRunning)) {
                    return;
                }
            }
        }
    }

    private void sayThatItIsNotThere(Path file) throws IOException {
        out.write("failed to try resolving symlinks in path \"%s\": lstat %s: no such file or directory"
                .formatted(file, file)
                .getBytes(StandardCharsets.UTF_8));
    }

    /// True if this file is over and the next is to be opened.
    private boolean drain(LogFiles files, BooleanSupplier isRunning) throws IOException, InterruptedException {
        boolean isLast = !options.follow();
        boolean isOver = false;
        while (true) {
            while (read(files)) {
                if (lines.isDone()) {
                    lines.flush();
                    return false;
                }
            }
            if (isLast && !isOver) {
                if (!options.follow()) {
                    lines.takeLast(block, 0, held);
                }
                lines.flush();
                return false;
            }
            lines.flush();
            if (isOver) {
                return true;
            }
            if (files.isCut()) {
                held = 0;
                continue;
            }
            // Both are asked before the next look, which then finds whatever was written before the answers.
            isLast = !isRunning.getAsBoolean();
            isOver = files.isOver();
            if (!isLast && !isOver) {
                time.sleep(pause);
                pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        }
    }

    private boolean read(LogFiles files) throws IOException {
        makeRoom();
        int read = files.read(ByteBuffer.wrap(block, held, block.length - held));
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
}
