package dev.longshore.images;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// What comes out of a decompressor, watched: damage becomes a fault that says so, and bytes that swell beyond what
/// real files do are taken for a bomb. For one thread.
final class Inflation extends InputStream {

    private final Source source;
    private final Limit limit;
    private final Opening opening;
    private InputStream plain;
    private long bytes;

    /// Above `free` plain bytes there may not be more than `ratio` for each compressed one. gzip cannot do more than
    /// 1,032; the others can with nothing but zeros.
    record Limit(long free, long ratio) {
        static final Limit USUAL = new Limit(4L << 30, 2_000);
    }

    /// Makes the decompressor, which reads its header.
    @FunctionalInterface
    interface Opening {
        InputStream open() throws IOException;
    }

    Inflation(Source source, Limit limit, Opening opening) {
        this.source = source;
        this.limit = limit;
        this.opening = opening;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            if (plain == null) {
                plain = opening.open();
            }
            int read = plain.read(target, offset, length);
            if (read > 0) {
                bytes += read;
            }
            if (bytes > limit.free() && bytes / limit.ratio() > source.bytes) {
                throw malformed("it swells to more than %d times its size".formatted(limit.ratio()), null);
            }
            return read;
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException damaged) {
            if (source.failure == damaged) {
                throw source.failure;
            }
            if (source.failure != null) {
                throw new IOException(source.failure.getMessage(), damaged);
            }
            throw malformed("it is damaged or breaks off: " + damaged.getMessage(), damaged);
        }
    }

    @Override
    public void close() throws IOException {
        if (plain != null) {
            plain.close();
        } else {
            source.close();
        }
    }

    private static ImageFaultException malformed(String why, Throwable cause) {
        return new ImageFaultException(new ImageFault.Malformed("compressed archive", why), cause);
    }

    /// The compressed bytes, counted; remembers its own failure, which is nobody's malice.
    static final class Source extends FilterInputStream {
        private long bytes;
        private IOException failure;

        Source(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                int read = super.read(target, offset, length);
                bytes += Math.max(0, read);
                return read;
            } catch (IOException failed) {
                failure = failed;
                throw failed;
            }
        }
    }
}
