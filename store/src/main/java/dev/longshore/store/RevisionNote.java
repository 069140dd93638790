package dev.longshore.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The last revision that somebody was told of, in a file of its own beside RocksDB's: a log that lost its end
/// looks like one that ended there. It is written after each synced batch, but not synced itself: it survives a
/// kill, and what a loss of power leaves of it is never more than what is on the disk. Without it nothing is
/// missed but this protection.
final class RevisionNote implements AutoCloseable {

    static final String NAME = "acknowledged";

    private static final Logger LOG = LoggerFactory.getLogger(RevisionNote.class);
    private static final int LENGTH = Long.BYTES + Integer.BYTES;

    private final Path file;
    private Optional<FileChannel> channel = Optional.empty();
    private boolean isRefused;

    RevisionNote(Path directory) {
        this.file = directory.resolve(NAME);
    }

    /// What it says; nothing if there is none that can be read.
    static Optional<Long> read(Path directory) {
        try {
            Path file = directory.resolve(NAME);
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length != LENGTH) {
                return Optional.empty();
            }
            ByteBuffer in = ByteBuffer.wrap(bytes);
            long revision = in.getLong();
            return in.getInt() == crc(bytes) ? Optional.of(revision) : Optional.empty();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /// For the committer's thread only.
    void write(long revision) {
        ByteBuffer out = ByteBuffer.allocate(LENGTH).putLong(revision);
        out.putInt(crc(out.array())).flip();
        try {
            if (channel.isEmpty()) {
                channel = Optional.of(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
            }
            channel.get().write(out, 0);
            isRefused = false;
        } catch (IOException refused) {
            if (!isRefused) {
                LOG.warn("{} cannot be written: {}", file, refused.toString());
            }
            isRefused = true;
            close();
        }
    }

    /// The next [#write] opens it again, as one that an interruption closed.
    @Override
    public void close() {
        try {
            if (channel.isPresent()) {
                channel.get().close();
            }
        } catch (IOException unclosed) {
            LOG.debug("closing {}", file, unclosed);
        }
        channel = Optional.empty();
    }

    private static int crc(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes, 0, Long.BYTES);
        return (int) crc.getValue();
    }
}
