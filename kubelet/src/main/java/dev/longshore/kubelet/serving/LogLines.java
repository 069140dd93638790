package dev.longshore.kubelet.serving;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/// Turns blocks of a log in CRI format into what clients see. A record is a line of `TIME STREAM TAG TEXT`; tag P
/// says that the client's line goes on in the next record.
///
/// ```
/// block   …Z stdout F one⏎ …Z stdout P two and ⏎ …Z stdout F three⏎
/// output  one⏎two and three⏎
/// ```
///
/// No object is made for a record: texts go from the block into one buffer, which is written when it is full. For
/// one thread.
final class LogLines {

    private static final int OUTPUT = 64 << 10;
    private static final int SECONDS = 19;
    private static final int STAMP = 29;
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long NEWLINES = ONES * '\n';
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final DateTimeFormatter FIXED = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSSXXX");

    private final OutputStream out;
    private final boolean showsTimes;
    private final Optional<Instant> since;
    private final byte[] sinceStamp;
    private final byte[] buffer = new byte[OUTPUT];
    private int filled;
    private long bytesLeft;
    private long recordsLeft;
    private boolean isLineBegun;

    /// @param records how many records to read at most
    LogLines(LogOptions options, long records, OutputStream out) {
        this.out = out;
        this.showsTimes = options.timestamps();
        this.since = options.since();
        this.sinceStamp = since.map(at -> FIXED.format(at.atOffset(ZoneOffset.UTC)))
                .orElse("")
                .getBytes(StandardCharsets.US_ASCII);
        this.bytesLeft = options.limitBytes().orElse(Long.MAX_VALUE);
        this.recordsLeft = records;
    }

    /// True when all that may be shown has been.
    boolean isDone() {
        return bytesLeft <= 0 || recordsLeft <= 0;
    }

    /// Takes the records that end within `block`; returns where the first begins that does not.
    int take(byte[] block, int from, int to) throws IOException {
        int begin = from;
        while (!isDone()) {
            int end = newline(block, begin, to);
            if (end < 0) {
                break;
            }
            record(block, begin, end, true);
            begin = end + 1;
        }
        return begin;
    }

    /// Takes a record that lacks its end.
    void takeLast(byte[] block, int from, int to) throws IOException {
        if (to > from && !isDone()) {
            record(block, from, to, false);
        }
    }

    /// Hands on what has been gathered.
    void flush() throws IOException {
        if (filled > 0) {
            out.write(buffer, 0, filled);
            filled = 0;
        }
        out.flush();
    }

    private void record(byte[] block, int from, int to, boolean hasEnd) throws IOException {
        recordsLeft--;
        int stampEnd = space(block, from, to);
        int streamEnd = stampEnd < 0 ? -1 : space(block, stampEnd + 1, to);
        int tagEnd = streamEnd < 0 ? -1 : space(block, streamEnd + 1, to);
        if (tagEnd < 0 || !isTime(block, from, stampEnd) || streamEnd - stampEnd != 7 || block[stampEnd + 1] != 's') {
            return;
        }
        if (since.isPresent() && isBefore(block, from, stampEnd)) {
            return;
        }
        boolean isPart = block[streamEnd + 1] == 'P' && (tagEnd == streamEnd + 2 || block[streamEnd + 2] == ':');
        if (showsTimes && !isLineBegun) {
            time(block, from, stampEnd);
        }
        put(block, tagEnd + 1, to);
        if (!isPart && hasEnd) {
            put(END, 0, 1);
        }
        // As the original has it, an empty part begins no line.
        isLineBegun = isPart && to > tagEnd + 1;
    }

    private static final byte[] END = {'\n'};
    private static final byte[] ZERO_OFFSET = {'Z', ' '};

    private static boolean isTime(byte[] block, int from, int to) {
        return to - from > SECONDS && block[from + 4] == '-' && block[from + 10] == 'T' && block[from + 13] == ':';
    }

    private static boolean isUtc(byte[] block, int from, int to) {
        int offset = from + STAMP;
        return block[from + SECONDS] == '.'
                && (to == offset + 1 && block[offset] == 'Z'
                        || to == offset + 6
                                && block[offset] == '+'
                                && block[offset + 1] == '0'
                                && block[offset + 2] == '0'
                                && block[offset + 4] == '0'
                                && block[offset + 5] == '0');
    }

    private boolean isBefore(byte[] block, int from, int to) {
        if (isUtc(block, from, to)) {
            return java.util.Arrays.compare(block, from, from + STAMP, sinceStamp, 0, STAMP) < 0;
        }
        return parse(block, from, to)
                .map(at -> at.toInstant().isBefore(since.orElseThrow()))
                .orElse(false);
    }

    /// Times are shown with all nine digits, and with Z where the offset is none.
    private void time(byte[] block, int from, int to) throws IOException {
        if (isUtc(block, from, to)) {
            put(block, from, from + STAMP);
            put(ZERO_OFFSET, 0, 2);
            return;
        }
        byte[] shown = parse(block, from, to)
                .map(FIXED::format)
                .orElseGet(() -> new String(block, from, to - from, StandardCharsets.US_ASCII))
                .concat(" ")
                .getBytes(StandardCharsets.US_ASCII);
        put(shown, 0, shown.length);
    }

    private static Optional<OffsetDateTime> parse(byte[] block, int from, int to) {
        try {
            return Optional.of(OffsetDateTime.parse(new String(block, from, to - from, StandardCharsets.US_ASCII)));
        } catch (DateTimeParseException unreadable) {
            return Optional.empty();
        }
    }

    private void put(byte[] source, int from, int to) throws IOException {
        int left = (int) Math.min(to - from, bytesLeft);
        bytesLeft -= left;
        int at = from;
        while (left > 0) {
            if (filled == OUTPUT) {
                out.write(buffer, 0, OUTPUT);
                filled = 0;
            }
            int step = Math.min(left, OUTPUT - filled);
            System.arraycopy(source, at, buffer, filled, step);
            filled += step;
            at += step;
            left -= step;
        }
    }

    private static int space(byte[] block, int from, int to) {
        for (int i = from; i < to; i++) {
            if (block[i] == ' ') {
                return i;
            }
        }
        return -1;
    }

    /// Eight bytes at a time: one of them is a newline if subtracting one borrows from its high bit.
    private static int newline(byte[] block, int from, int to) {
        int i = from;
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            long word = (long) LONGS.get(block, i) ^ NEWLINES;
            long found = (word - ONES) & ~word & HIGHS;
            if (found != 0) {
                return i + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        for (; i < to; i++) {
            if (block[i] == '\n') {
                return i;
            }
        }
        return -1;
    }
}
