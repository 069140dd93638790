package dev.longshore.images.base;

import dev.longshore.images.Compression;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A Debian package (deb(5)): an ar archive with one tar of files and one of facts in it.
record DebPackage(Path file) {

    private static final String MAGIC = "!<arch>\n";
    private static final int HEADER = 60;
    private static final int NAME_END = 16;
    private static final int SIZE_AT = 48;
    private static final int SIZE_END = 58;

    /// Does something with a member's bytes.
    @FunctionalInterface
    interface Use {
        void of(InputStream tar) throws IOException;
    }

    /// Hands its files, a plain tar, to `use`.
    void data(Use use) throws IOException {
        member("data.tar", use);
    }

    /// Hands its facts, a plain tar with `control` in it, to `use`.
    void control(Use use) throws IOException {
        member("control.tar", use);
    }

    private void member(String prefix, Use use) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            if (!MAGIC.equals(text(in.readNBytes(MAGIC.length())))) {
                throw wrong("no ar archive");
            }
            for (Optional<Member> next = next(in); next.isPresent(); next = next(in)) {
                Member member = next.get();
                if (member.name().startsWith(prefix)) {
                    use.of(Compression.open(new Piece(in, member.size())));
                    return;
                }
                in.skipNBytes(member.size() + (member.size() & 1));
            }
        }
        throw wrong("no " + prefix + " in it");
    }

    private Optional<Member> next(InputStream in) throws IOException {
        byte[] header = in.readNBytes(HEADER);
        if (header.length == 0) {
            return Optional.empty();
        }
        try {
            String text = text(header);
            return Optional.of(new Member(
                    text.substring(0, NAME_END).strip(),
                    Long.parseLong(text.substring(SIZE_AT, SIZE_END).strip())));
        } catch (NumberFormatException | IndexOutOfBoundsException garbled) {
            throw new IOException(file.getFileName() + ": a damaged header", garbled);
        }
    }

    private IOException wrong(String why) {
        return new IOException(file.getFileName() + ": " + why);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private record Member(String name, long size) {}

    /// The next `left` bytes of a stream.
    private static final class Piece extends InputStream {
        private final InputStream in;
        private long left;

        Piece(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int read = in.read(target, offset, (int) Math.min(length, left));
            left -= Math.max(0, read);
            return read;
        }
    }
}
