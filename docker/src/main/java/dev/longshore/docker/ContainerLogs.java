package dev.longshore.docker;

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
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Reads what a container has printed, as its monitor keeps it: a line each of `TIME STREAM TAG TEXT`, tag P where
/// the text goes on in the next line, in a file and older ones beside it. Memory does not grow with the log.
final class ContainerLogs {

    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final int CHUNK = 64 << 10;
    private static final int LONGEST_RECORD = 1 << 20;
    private static final DateTimeFormatter STAMP =
            new java.time.format.DateTimeFormatterBuilder().appendInstant(9).toFormatter(java.util.Locale.ROOT);

    private final Path file;
    private final Time time;
    private final Wanted wanted;
    private final Map<Integer, OutputStream> outputs;
    private long skipped;
    private boolean isPastUntil;

    /// Of the log at `file`.
    ///
    /// @param outputs where stdout (1) and stderr (2) go; what is absent is not wanted
    ContainerLogs(Path file, Wanted wanted, Map<Integer, OutputStream> outputs, Time time) {
        this.file = file;
        this.wanted = wanted;
        this.outputs = outputs;
        this.time = time;
    }

    /// What is asked for.
    ///
    /// @param tail how many of the last records; negative for all
    /// @param prefix put before each line, as details
    record Wanted(
            boolean follow,
            Optional<Instant> since,
            Optional<Instant> until,
            long tail,
            boolean timestamps,
            String prefix) {}

    /// A line of the log.
    private record Entry(Instant at, int stream, byte[] text) {}

    private interface Sink {
        void take(Entry entry) throws IOException;
    }

    /// Writes what is wanted; when following, until `isRunning` says no and all is written.
    void copy(BooleanSupplier isRunning) throws IOException, InterruptedException {
        List<Path> older = older();
        long skip = 0;
        if (wanted.tail() >= 0) {
            long[] count = new long[1];
            for (Path one : withCurrent(older)) {
                scan(one, entry -> count[0] += isWanted(entry) ? 1 : 0);
            }
            skip = Math.max(0, count[0] - wanted.tail());
        }
        skipped = skip;
        for (Path one : older) {
            scan(one, this::write);
        }
        follow(isRunning);
        flush();
    }

    private List<Path> withCurrent(List<Path> older) {
        var all = new ArrayList<>(older);
        all.add(file);
        return all;
    }

    private List<Path> older() throws IOException {
        var older = new ArrayList<Path>();
        if (Files.isDirectory(file.getParent())) {
            try (var siblings = Files.newDirectoryStream(file.getParent(), file.getFileName() + ".*")) {
                siblings.forEach(older::add);
            }
        }
        older.sort(null);
        return older;
    }

    private void scan(Path one, Sink sink) throws IOException {
        try (var channel = FileChannel.open(one, StandardOpenOption.READ)) {
            var lines = new Lines(sink);
            while (lines.read(channel)) {
                continue;
            }
        } catch (NoSuchFileException gone) {
            return;
        }
    }

    private void follow(BooleanSupplier isRunning) throws IOException, InterruptedException {
        while (!isPastUntil) {
            Object key = key();
            try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
                if (!drain(channel, key, isRunning)) {
                    return;
                }
            } catch (NoSuchFileException notYet) {
                if (!wanted.follow() || !isRunning.getAsBoolean()) {
                    return;
                }
                time.sleep(PAUSE);
            }
        }
    }

    /// True if the file was rotated and is to be opened again.
    private boolean drain(FileChannel channel, Object key, BooleanSupplier isRunning)
            throws IOException, InterruptedException {
        var lines = new Lines(this::write);
        while (!isPastUntil) {
            // Asked before reading: what was written before the end is read after the answer.
            boolean mayGrow = wanted.follow() && isRunning.getAsBoolean();
            boolean wasRotated = wanted.follow() && !key.equals(key());
            if (lines.read(channel)) {
                continue;
            }
            flush();
            if (wasRotated) {
                return true;
            }
            if (!mayGrow
                    || wanted.until().filter(end -> time.now().isAfter(end)).isPresent()) {
                return false;
            }
            time.sleep(PAUSE);
        }
        return false;
    }

    private Object key() throws IOException {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return key == null ? file : key;
        } catch (NoSuchFileException gone) {
            return "";
        }
    }

    private boolean isWanted(Entry entry) {
        return outputs.containsKey(entry.stream())
                && wanted.since().filter(entry.at()::isBefore).isEmpty()
                && wanted.until().filter(entry.at()::isAfter).isEmpty();
    }

    private void write(Entry entry) throws IOException {
        if (wanted.until().filter(entry.at()::isAfter).isPresent()) {
            isPastUntil = true;
            return;
        }
        if (!isWanted(entry) || skipped > 0 && skipped-- > 0) {
            return;
        }
        String head = (wanted.timestamps() ? STAMP.format(entry.at()) + " " : "") + wanted.prefix();
        byte[] before = head.getBytes(StandardCharsets.UTF_8);
        byte[] whole = new byte[before.length + entry.text().length];
        System.arraycopy(before, 0, whole, 0, before.length);
        System.arraycopy(entry.text(), 0, whole, before.length, entry.text().length);
        outputs.get(entry.stream()).write(whole, 0, whole.length);
    }

    private void flush() throws IOException {
        for (OutputStream output : outputs.values()) {
            output.flush();
        }
    }

    /// Cuts a file into entries as it grows.
    private static final class Lines {
        private final Sink sink;
        private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
        private final ByteBuffer buffer = ByteBuffer.allocate(CHUNK);

        Lines(Sink sink) {
            this.sink = sink;
        }

        /// Reads on; false at the present end.
        boolean read(FileChannel channel) throws IOException {
            if (channel.read(buffer.clear()) <= 0) {
                return false;
            }
            buffer.flip();
            while (buffer.hasRemaining()) {
                byte b = buffer.get();
                if (b == '\n') {
                    Optional<Entry> entry = entry(pending.toByteArray());
                    pending.reset();
                    if (entry.isPresent()) {
                        sink.take(entry.get());
                    }
                } else if (pending.size() < LONGEST_RECORD) {
                    pending.write(b);
                }
            }
            return true;
        }

        private static Optional<Entry> entry(byte[] record) {
            int afterTime = space(record, 0);
            int afterStream = space(record, afterTime + 1);
            int afterTag = space(record, afterStream + 1);
            if (afterTime < 0 || afterStream < 0 || afterTag < 0) {
                return Optional.empty();
            }
            boolean isPart = record[afterStream + 1] == 'P';
            byte[] text = new byte[record.length - afterTag - (isPart ? 1 : 0)];
            System.arraycopy(record, afterTag + 1, text, 0, record.length - afterTag - 1);
            if (!isPart) {
                text[text.length - 1] = '\n';
            }
            String stream = new String(record, afterTime + 1, afterStream - afterTime - 1, StandardCharsets.US_ASCII);
            return Optional.of(new Entry(
                    stamp(new String(record, 0, afterTime, StandardCharsets.US_ASCII)),
                    stream.equals("stderr") ? Multiplexed.STDERR : Multiplexed.STDOUT,
                    text));
        }

        private static Instant stamp(String text) {
            try {
                return OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeParseException unreadable) {
                return Instant.EPOCH;
            }
        }

        private static int space(byte[] record, int from) {
            for (int i = Math.max(0, from); i < record.length; i++) {
                if (record[i] == ' ') {
                    return i;
                }
            }
            return -1;
        }
    }
}
