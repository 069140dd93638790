package dev.longshore.kubelet.serving;

import dev.longshore.base.Time;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.function.BooleanSupplier;

/// Reads a container's log in CRI format, a line each of `TIME STREAM TAG TEXT`; tag P says that the line goes
/// on in the next record. While it follows it looks for more ten times a second, and begins the file anew when
/// that was rotated away.
final class LogReader {

    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int CHUNK = 32 * 1024;
    private static final int LONGEST_RECORD = 1 << 20;

    private final Time time;
    private final LogOptions options;
    private final OutputStream out;
    private long left;
    private boolean isLineBegun;

    LogReader(Time time, LogOptions options, OutputStream out) {
        this.time = time;
        this.options = options;
        this.out = out;
        this.left = options.limitBytes().orElse(Long.MAX_VALUE);
    }

    /// Writes what is asked for; when following, until `isRunning` says no and all is written.
    void copy(Path file, BooleanSupplier isRunning) throws IOException, InterruptedException {
        boolean isFirst = true;
        while (true) {
            Object key = key(file);
            try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
                if (isFirst && options.tailLines().isPresent()) {
                    channel.position(tailStart(channel, options.tailLines().getAsLong()));
                }
                isFirst = false;
                if (!drain(channel, file, key, isRunning)) {
                    return;
                }
            } catch (NoSuchFileException notYet) {
                if (!options.follow() || !isRunning.getAsBoolean()) {
                    return;
                }
                time.sleep(PAUSE);
            }
        }
    }

    /// True if the file was rotated and is to be opened again.
    private boolean drain(FileChannel channel, Path file, Object key, BooleanSupplier isRunning)
            throws IOException, InterruptedException {
        var pending = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        while (left > 0) {
            // Asked before reading: what was written before the end is read after the answer.
            boolean mayGrow = options.follow() && isRunning.getAsBoolean();
            boolean wasRotated = options.follow() && !key.equals(key(file));
            int read = channel.read(buffer.clear());
            if (read > 0) {
                buffer.flip();
                split(buffer, pending);
                continue;
            }
            out.flush();
            if (wasRotated) {
                return true;
            }
            if (channel.position() > channel.size()) {
                // Cut to nothing in place.
                channel.position(0);
                continue;
            }
            if (!mayGrow) {
                return false;
            }
            time.sleep(PAUSE);
        }
        out.flush();
        return false;
    }

    private void split(ByteBuffer buffer, ByteArrayOutputStream pending) throws IOException {
        while (buffer.hasRemaining() && left > 0) {
            byte b = buffer.get();
            if (b == '\n') {
                record(pending.toByteArray());
                pending.reset();
            } else if (pending.size() < LONGEST_RECORD) {
                pending.write(b);
            }
        }
    }

    private void record(byte[] record) throws IOException {
        int afterTime = indexOf(record, 0);
        int afterStream = indexOf(record, afterTime + 1);
        int afterTag = indexOf(record, afterStream + 1);
        if (afterTime < 0 || afterStream < 0 || afterTag < 0) {
            return;
        }
        String stamp = new String(record, 0, afterTime, StandardCharsets.US_ASCII);
        String stream = new String(record, afterTime + 1, afterStream - afterTime - 1, StandardCharsets.US_ASCII);
        boolean isPart = record[afterStream + 1] == 'P';
        if (!isWanted(stamp, stream)) {
            return;
        }
        if (options.timestamps() && !isLineBegun) {
            write((stamp + " ").getBytes(StandardCharsets.US_ASCII), 0, stamp.length() + 1);
        }
        write(record, afterTag + 1, record.length - afterTag - 1);
        if (!isPart) {
            write(new byte[] {'\n'}, 0, 1);
        }
        isLineBegun = isPart;
    }

    private boolean isWanted(String stamp, String stream) {
        if (!options.stream().isEmpty() && !options.stream().equals(stream)) {
            return false;
        }
        if (options.since().isEmpty()) {
            return true;
        }
        try {
            Instant at = java.time.OffsetDateTime.parse(stamp).toInstant();
            return !at.isBefore(options.since().get());
        } catch (DateTimeParseException unreadable) {
            return true;
        }
    }

    private void write(byte[] from, int offset, int length) throws IOException {
        int allowed = Math.toIntExact(Math.min(length, left));
        out.write(from, offset, allowed);
        left -= allowed;
    }

    private static int indexOf(byte[] record, int from) {
        for (int i = Math.max(0, from); i < record.length; i++) {
            if (record[i] == ' ') {
                return i;
            }
        }
        return -1;
    }

    private static Object key(Path file) throws IOException {
        try {
            Object key = Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class)
                    .fileKey();
            return key == null ? file : key;
        } catch (NoSuchFileException gone) {
            return "";
        }
    }

    /// Where the last `lines` lines begin, found from the end.
    private static long tailStart(FileChannel channel, long lines) throws IOException {
        long end = channel.size();
        if (lines == 0) {
            return end;
        }
        long seen = 0;
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        for (long at = end; at > 0; ) {
            long from = Math.max(0, at - CHUNK);
            buffer.clear().limit(Math.toIntExact(at - from));
            channel.read(buffer, from);
            for (int i = buffer.position() - 1; i >= 0; i--) {
                // The newline at the very end closes the last line and begins none.
                if (buffer.get(i) == '\n' && from + i != end - 1 && ++seen == lines) {
                    return from + i + 1;
                }
            }
            at = from;
        }
        return 0;
    }
}
