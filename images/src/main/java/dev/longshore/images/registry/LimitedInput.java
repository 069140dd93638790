package dev.longshore.images.registry;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A body that may be so long and no longer.
final class LimitedInput extends FilterInputStream {

    private final RefusalException refusal;
    private long left;

    /// Ends with `refusal` when there are more than `most` bytes.
    LimitedInput(InputStream in, long most, RefusalException refusal) {
        super(in);
        this.left = most;
        this.refusal = refusal;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        left -= Math.max(0, read);
        if (read > 0 && left < 0) {
            throw refusal;
        }
        return read;
    }

    @Override
    public long skip(long count) {
        return 0;
    }
}
