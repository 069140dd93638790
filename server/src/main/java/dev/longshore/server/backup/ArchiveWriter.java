package dev.longshore.server.backup;

import dev.longshore.base.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// Writes files one after the other into one stream, of whose length nothing need be known before.
///
/// ```
///   preamble(24)
///   'F' length(4) crc(4)  name…      a file begins
///   length(4) crc of the bytes(4) crc(4)  bytes…     a piece of its content, up to 64 KiB; an empty one is the last
///   'E' number of files(4) crc(4)    the end
///   SHA-256 of all before(32)
/// ```
final class ArchiveWriter {

    static final byte FILE = 'F';
    static final byte END = 'E';
    static final int HEAD = 1 + 2 * Integer.BYTES;
    static final int PIECE_HEAD = 3 * Integer.BYTES;
    static final int PIECE = 64 << 10;
    static final int CHECKSUM = 32;

    private final OutputStream out;
    private final MessageDigest digest = Digest.hasher("sha256");
    private int files;

    /// @param out stays open
    ArchiveWriter(OutputStream out) throws IOException {
        this.out = out;
        write(Framing.preamble(Framing.ARCHIVE), Framing.PREAMBLE);
    }

    /// Begins a file; to be closed before the next.
    OutputStream file(String name) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        write(head(FILE, bytes.length), HEAD);
        write(bytes, bytes.length);
        files++;
        return new Content();
    }

    /// Adds a file.
    void file(String name, byte[] content) throws IOException {
        try (OutputStream file = file(name)) {
            file.write(content);
        }
    }

    /// Ends it and flushes.
    void finish() throws IOException {
        write(head(END, files), HEAD);
        out.write(digest.digest());
        out.flush();
    }

    private static byte[] head(byte kind, int number) {
        return Framing.sealed(ByteBuffer.allocate(HEAD).put(kind).putInt(number));
    }

    private void write(byte[] bytes, int length) throws IOException {
        digest.update(bytes, 0, length);
        out.write(bytes, 0, length);
    }

    private final class Content extends OutputStream {
        private final byte[] piece = new byte[PIECE];
        private int filled;
        private boolean closed;

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            for (int done = 0; done < length; ) {
                int part = Math.min(length - done, PIECE - filled);
                System.arraycopy(bytes, from + done, piece, filled, part);
                filled += part;
                done += part;
                if (filled == PIECE) {
                    emit();
                }
            }
        }

        @Override
        public void close() throws IOException {
            if (closed) {
                return;
            }
            closed = true;
            if (filled > 0) {
                emit();
            }
            emit();
        }

        private void emit() throws IOException {
            ArchiveWriter.this.write(
                    Framing.sealed(
                            ByteBuffer.allocate(PIECE_HEAD).putInt(filled).putInt(Framing.crc(piece, filled))),
                    PIECE_HEAD);
            ArchiveWriter.this.write(piece, filled);
            filled = 0;
        }
    }
}
