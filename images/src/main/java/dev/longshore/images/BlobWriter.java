package dev.longshore.images;

import dev.longshore.base.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/// A blob in the making. Closing without committing drops it. For one thread.
public final class BlobWriter extends OutputStream {

    private static final int BUFFER = 64 << 10;

    private final ContentStore store;
    private final String algorithm;
    private final MessageDigest sum;
    private final Disk disk;
    private final Path file;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private long size;
    private long readable;
    private boolean isCommitted;

    BlobWriter(ContentStore store, String algorithm, Path file) throws IOException {
        this.store = store;
        this.algorithm = algorithm;
        this.sum = Digest.hasher(algorithm);
        this.disk = store.disk();
        this.file = file;
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        sum.update(bytes, offset, length);
        size += length;
        for (int done = 0; done < length; ) {
            int piece = Math.min(buffer.remaining(), length - done);
            buffer.put(bytes, offset + done, piece);
            done += piece;
            if (!buffer.hasRemaining()) {
                drain();
            }
        }
    }

    /// Bytes so far.
    public long size() {
        return size;
    }

    /// How many bytes [#along] can read so far.
    public long readable() {
        return readable;
    }

    /// Reads what is written, beside the writer and from any thread; the caller closes it. It stays open when the blob
    /// gets its name, and when it is dropped.
    public FileChannel along() throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    /// Makes it a blob under its digest, which `lease` keeps.
    public Digest commit(Leases.Lease lease) throws IOException {
        Digest actual = Digest.of(algorithm, sum.digest());
        lease.keep(actual);
        settle(actual);
        return actual;
    }

    /// Makes it a blob, which must be `expected`.
    public void commit(Digest expected) throws IOException {
        Digest actual = Digest.of(algorithm, sum.digest());
        if (!expected.equals(actual)) {
            throw new ImageFaultException(new ImageFault.WrongDigest(expected.toString(), actual.toString()));
        }
        settle(actual);
    }

    private void settle(Digest digest) throws IOException {
        drain();
        disk.sync(file, channel);
        channel.close();
        store.adopt(file, digest);
        isCommitted = true;
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (!isCommitted) {
            disk.delete(file);
        }
    }

    private void drain() throws IOException {
        buffer.flip();
        readable += buffer.limit();
        disk.write(file, channel, buffer);
        buffer.clear();
    }
}
