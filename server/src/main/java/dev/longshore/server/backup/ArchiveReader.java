package dev.longshore.server.backup;

import dev.longshore.base.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads what [ArchiveWriter] wrote, or anything else. A piece is given out only if it fits its checksum; that
/// nothing is missing is known when [#next] has answered that there is no more.
final class ArchiveReader {

    private static final int LONGEST_NAME = 1024;

    /// Relative and downward; else as the owner of a directory calls files.
    private static final Pattern NAME =
            Pattern.compile("(?!\\.\\.?(/|$))[^/\\p{Cntrl}]+(/(?!\\.\\.?(/|$))[^/\\p{Cntrl}]+)*");

    private final InputStream in;
    private final MessageDigest digest = Digest.hasher("sha256");
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

    private final class Content extends PieceInput {
        private final String name;

        Content(String name) {
            this.name = name;
        }

        @Override
        Optional<byte[]> next() throws IOException {
            ByteBuffer head = Framing.requireSealed(
                    ArchiveReader.this.read(ArchiveWriter.PIECE_HEAD, "in " + name), "bytes in " + name);
            int length = head.getInt();
            if (length < 0 || length > ArchiveWriter.PIECE) {
                throw new BackupException(new BackupFault.Altered("a piece of %s is too long".formatted(name)));
            }
            byte[] piece = ArchiveReader.this.read(length, "in " + name);
            if (head.getInt() != Framing.crc(piece, length)) {
                throw Framing.altered("bytes of " + name);
            }
            return length == 0 ? Optional.empty() : Optional.of(piece);
        }
    }
}
