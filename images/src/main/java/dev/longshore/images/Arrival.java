package dev.longshore.images;

import dev.longshore.base.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;

/// A file that comes in piece by piece, and is perhaps here already. A small one waits in memory until its sum is
/// known. A larger one is compared with the file that is here, and written, beside its place, from the first
/// difference on. Holes stay holes in what is written. For one thread, once.
final class Arrival implements AutoCloseable {

    private static final int SMALL = 1 << 20;
    private static final byte[] ZEROS = new byte[64 << 10];

    private final Path place;
    private final Path fresh;
    private final long size;
    private final boolean isSmall;
    private final byte[] whole;
    private final ByteBuffer theirs;
    private final MessageDigest hash = Digest.hasher("sha256");
    private final Optional<String> known;
    private FileChannel here;
    private FileChannel out;
    private long at;

    /// Of `size` bytes for `place`; until it is whole it lies at `fresh`.
    ///
    /// @param known the sum of the file that is there, if it may stay
    Arrival(Path place, Path fresh, long size, Optional<String> known) {
        this.place = place;
        this.fresh = fresh;
        this.size = size;
        this.known = known;
        this.isSmall = size <= SMALL;
        this.whole = new byte[isSmall ? (int) size : 0];
        this.theirs = ByteBuffer.allocate(isSmall ? 0 : ZEROS.length);
    }

    /// Takes all of it; returns its SHA-256 in hexadecimal.
    String take(FileMirror.Content content) throws IOException {
        if (!isSmall && known.isPresent()) {
            here = FileChannel.open(place, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        }
        content.to(this::piece);
        hole(size);
        return Digest.of("sha256", hash.digest()).hex();
    }

    /// Puts it in its place, where nothing is.
    void settle() throws IOException {
        if (!isSmall) {
            write();
            if (out.size() < size) {
                out.write(ByteBuffer.allocate(1), size - 1);
            }
            out.close();
            Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        try (var file = FileChannel.open(
                place, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            for (var all = ByteBuffer.wrap(whole); all.hasRemaining(); ) {
                file.write(all);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (here != null) {
            here.close();
        }
        if (out != null && out.isOpen()) {
            out.close();
            Files.deleteIfExists(fresh);
        }
    }

    private void piece(long offset, byte[] bytes, int length) throws IOException {
        if (offset < at || offset + length > size) {
            throw EntryNames.malformed(place.getFileName().toString(), "its content is not as long as it says");
        }
        hole(offset);
        hash.update(bytes, 0, length);
        if (isSmall) {
            System.arraycopy(bytes, 0, whole, (int) offset, length);
        } else if (out == null && !isHere(bytes, length)) {
            write();
        }
        if (out != null) {
            for (var all = ByteBuffer.wrap(bytes, 0, length); all.hasRemaining(); ) {
                out.write(all, offset + length - all.remaining());
            }
        }
        at = offset + length;
    }

    /// Zeros up to `end`, which are never written.
    private void hole(long end) throws IOException {
        while (at < end) {
            int length = (int) Math.min(ZEROS.length, end - at);
            hash.update(ZEROS, 0, length);
            if (!isSmall && out == null && !isHere(ZEROS, length)) {
                write();
            }
            at += length;
        }
    }

    private boolean isHere(byte[] bytes, int length) throws IOException {
        if (here == null) {
            return false;
        }
        for (int done = 0; done < length; ) {
            theirs.clear().limit(Math.min(theirs.capacity(), length - done));
            int read = here.read(theirs, at + done);
            if (read <= 0 || !theirs.flip().equals(ByteBuffer.wrap(bytes, done, read))) {
                return false;
            }
            done += read;
        }
        return true;
    }

    /// Begins the new file with what was equal so far.
    private void write() throws IOException {
        if (out != null) {
            return;
        }
        Files.deleteIfExists(fresh);
        out = FileChannel.open(
                fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        for (long copied = 0; here != null && copied < at; ) {
            copied += here.transferTo(copied, at - copied, out);
        }
    }
}
