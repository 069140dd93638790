package dev.longshore.http;

import dev.longshore.base.BlockInput;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// What arrives on a connection that carries TLS, read in blocks: the JDK asks for five bytes and then for the rest of
/// each record, and every time that is a system call. It knows whether it holds a whole record, so that whoever reads
/// can tell if reading on would block. The block grows while it is filled each time, so that quiet connections keep a
/// small one. For one thread.
final class RecordInput extends BlockInput {

    private static final int SMALLEST = 8 << 10;
    private static final int LARGEST = 128 << 10;
    private static final int RECORD_HEAD = 5;

    private final InputStream in;
    private byte[] block = new byte[0];
    private int position;
    private int end;

    RecordInput(InputStream in) {
        this.in = in;
    }

    /// True if a record (RFC 8446 section 5.1) has arrived whole. Only between records.
    boolean holdsRecord() {
        int held = end - position;
        return held >= RECORD_HEAD
                && held >= RECORD_HEAD + ((block[position + 3] & 0xff) << 8 | block[position + 4] & 0xff);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (position == end && !fill()) {
            return -1;
        }
        int count = Math.min(length, end - position);
        System.arraycopy(block, position, into, offset, count);
        position += count;
        return count;
    }

    @Override
    public int available() throws IOException {
        return end - position + in.available();
    }

    private boolean fill() throws IOException {
        if (end == block.length && block.length < LARGEST) {
            block = Arrays.copyOf(block, Math.max(SMALLEST, block.length * 2));
        }
        position = 0;
        end = Math.max(0, in.read(block, 0, block.length));
        return end > 0;
    }
}
