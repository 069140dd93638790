package dev.longshore.server.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads what [ArchiveWriter] wrote, or anything else. A piece is given out only if it fits its checksum; that
/// nothing is missing is known when [#next] has answered that there is no more.
final class ArchiveReader {

    private static final int LONGEST_NAME = 1024;

    /// Relative, downward, without surprises.
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*");

    private final InputStream in;
    private final MessageDigest digest = ArchiveWriter.sha256();
    private Optional<Content> open = Optional.empty();
    private int files;

    /// @param in stays open; ends with the archive
    ArchiveReader(InputStream in) throws IOException {
        this.in = in;
        digest.update(Framing.readPreamble(in, Framing.ARCHIVE));
    }

    /// The next file's name; its content is what [#content] reads. What is left of the one before is skipped.
    ///
    /// @throws BackupException for what is wrong
    Optional<String> next() throws IOException {
        if (open.isPresent()) {
            open.get().skipAll();
        }
        ByteBuffer head =
                Framing.requireSealed(read(ArchiveWriter.HEAD, "between two files"), "bytes between two files");
        byte kind = head.get();
        int number = head.getInt();
        if (kind == ArchiveWriter.END) {
            end(number);
            return Optional.empty();
        }
        if (kind != ArchiveWriter.FILE || number < 1 || number > LONGEST_NAME) {
            throw new BackupException(new BackupFault.Altered("no file begins so"));
        }
        String name = new String(read(number, "in a file's name"), StandardCharsets.UTF_8);
        if (!NAME.matcher(name).matches()) {
            throw new BackupException(new BackupFault.Altered("there is a file with an impossible name"));
        }
        files++;
        open = Optional.of(new Content(name));
        return Optional.of(name);
    }

    /// The file that [#next] named.
    InputStream content() {
        return open.orElseThrow();
    }

    private void end(int number) throws IOException {
        if (number != files) {
            throw new BackupException(new BackupFault.Altered("files are missing"));
        }
        byte[] expected = digest.digest();
        byte[] found = Framing.read(in, ArchiveWriter.CHECKSUM, "before its checksum");
        if (!MessageDigest.isEqual(expected, found)) {
            throw new BackupException(new BackupFault.Altered("its SHA-256 is another than the one it ends with"));
        }
        if (in.read() >= 0) {
            throw new BackupException(new BackupFault.Altered("something stands behind its end"));
        }
    }

    private byte[] read(int length, String where) throws IOException {
        byte[] bytes = Framing.read(in, length, where);
        digest.update(bytes);
        return bytes;
    }

    private final class Content extends InputStream {
        private final String name;
        private byte[] piece = {};
        private int at;
        private boolean ended;

        Content(String name) {
            this.name = name;
        }

        @Override
        public int read() throws IOException {
            return more() ? piece[at++] & 0xff : -1;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            Objects.checkFromIndexSize(from, length, into.length);
            if (length == 0) {
                return 0;
            }
            if (!more()) {
                return -1;
            }
            int part = Math.min(length, piece.length - at);
            System.arraycopy(piece, at, into, from, part);
            at += part;
            return part;
        }

        void skipAll() throws IOException {
            at = piece.length;
            while (more()) {
                at = piece.length;
            }
        }

        /// Whether there is a byte to read; fetches the next piece if need be.
        private boolean more() throws IOException {
            if (at < piece.length) {
                return true;
            }
            if (ended) {
                return false;
            }
            ByteBuffer head = Framing.requireSealed(
                    ArchiveReader.this.read(ArchiveWriter.PIECE_HEAD, "in " + name), "bytes in " + name);
            int length = head.getInt();
            if (length < 0 || length > ArchiveWriter.PIECE) {
                throw new BackupException(new BackupFault.Altered("a piece of %s is too long".formatted(name)));
            }
            piece = ArchiveReader.this.read(length, "in " + name);
            at = 0;
            if (head.getInt() != Framing.crc(piece, length)) {
                throw Framing.altered("bytes of " + name);
            }
            ended = length == 0;
            return !ended;
        }
    }
}
