package dev.longshore.images;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/// gzip (RFC 1952), one member, compressed in blocks of their own on as many processors as there are. The same
/// bytes come to the same bytes, however they are written and however many processors there are. A few blocks are in
/// memory at a time; a writer that is ahead of them waits. For one thread.
final class BlockGzip extends OutputStream {

    private static final int BLOCK = 256 << 10;
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 4, (byte) 0xff};
    /// A last, empty block of deflate (RFC 1951) with fixed codes.
    private static final byte[] END = {3, 0};

    private final OutputStream out;
    private final int level;
    private final int most = 1 + Runtime.getRuntime().availableProcessors();
    private final ExecutorService workers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("gzip-", 0).factory());
    private final Deque<Future<byte[]>> underWay = new ArrayDeque<>();
    private final CRC32 sum = new CRC32();
    private byte[] block = new byte[BLOCK];
    private int filled;
    private long size;
    private boolean isClosed;

    /// To `out`, which is flushed at the end, and left open.
    ///
    /// @param level from 0 to 9, as zlib counts
    BlockGzip(OutputStream out, int level) throws IOException {
        this.out = out;
        this.level = level;
        out.write(HEADER);
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
            int piece = Math.min(BLOCK - filled, length - done);
            System.arraycopy(bytes, offset + done, block, filled, piece);
            filled += piece;
            done += piece;
            if (filled == BLOCK) {
                send();
            }
        }
    }

    /// Ends it; after a failure nothing more is written.
    @Override
    public void close() throws IOException {
        if (isClosed) {
            return;
        }
        isClosed = true;
        try {
            send();
            while (!underWay.isEmpty()) {
                out.write(finished());
            }
            out.write(END);
            out.write(littleEndian((int) sum.getValue()));
            out.write(littleEndian((int) size));
            out.flush();
        } finally {
            workers.shutdownNow();
        }
    }

    private void send() throws IOException {
        if (filled == 0) {
            return;
        }
        sum.update(block, 0, filled);
        size += filled;
        byte[] full = block;
        int length = filled;
        underWay.add(workers.submit(() -> deflated(full, length, level)));
        block = new byte[BLOCK];
        filled = 0;
        while (underWay.size() > most || !underWay.isEmpty() && underWay.peek().isDone()) {
            out.write(finished());
        }
    }

    private byte[] finished() throws IOException {
        try {
            return underWay.remove().get();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a layer was compressed");
        } catch (ExecutionException failed) {
            throw new IOException("cannot compress a layer", failed.getCause());
        }
    }

    /// Whole bytes that need nothing before them, and have no end.
    private static byte[] deflated(byte[] plain, int length, int level) {
        try (var deflater = new Deflater(level, true)) {
            deflater.setInput(plain, 0, length);
            byte[] packed = new byte[length / 2 + 64];
            int count = 0;
            while (true) {
                int more = deflater.deflate(packed, count, packed.length - count, Deflater.SYNC_FLUSH);
                count += more;
                if (count < packed.length) {
                    return Arrays.copyOf(packed, count);
                }
                packed = Arrays.copyOf(packed, packed.length * 2);
            }
        }
    }

    private static byte[] littleEndian(int value) {
        return new byte[] {(byte) value, (byte) (value >>> 8), (byte) (value >>> 16), (byte) (value >>> 24)};
    }
}
