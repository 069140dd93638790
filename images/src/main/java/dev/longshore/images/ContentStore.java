package dev.longshore.images;

import dev.longshore.base.Digest;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/// Bytes by their digest, on disk. A blob is there whole and right or not at all: it is checked while it
/// streams in, synced, and only then given its name. Thread-safe; writing the same blob twice at once is
/// harmless.
public final class ContentStore {

    private static final int BUFFER = 64 << 10;

    private final ImageLayout layout;
    private final Leases leases;
    private final Disk disk;
    private final Uploads uploads;

    ContentStore(ImageLayout layout, Leases leases, Disk disk) {
        this.layout = layout;
        this.leases = leases;
        this.disk = disk;
        this.uploads = new Uploads(layout, this);
    }

    void start() throws IOException {
        Files.createDirectories(layout.blobs().resolve("sha256"));
        Files.createDirectories(layout.blobs().resolve("sha512"));
        Files.createDirectories(layout.uploads());
    }

    Disk disk() {
        return disk;
    }

    /// What keeps content that no image holds yet.
    public Leases leases() {
        return leases;
    }

    /// Uploads in pieces.
    public Uploads uploads() {
        return uploads;
    }

    /// True if it is there.
    public boolean has(Digest digest) {
        return Files.isRegularFile(layout.blob(digest));
    }

    /// Its length.
    public long size(Digest digest) throws IOException {
        try {
            return Files.size(layout.blob(digest));
        } catch (NoSuchFileException absent) {
            throw missing(digest, absent);
        }
    }

    /// Its bytes, from the beginning. A blob that is deleted meanwhile can still be read to its end.
    public InputStream open(Digest digest) throws IOException {
        return open(digest, 0);
    }

    /// Its bytes from `offset` on.
    public InputStream open(Digest digest, long offset) throws IOException {
        FileChannel channel = channel(digest);
        channel.position(offset);
        return new BufferedInputStream(java.nio.channels.Channels.newInputStream(channel), BUFFER);
    }

    /// Its bytes at any place.
    public FileChannel channel(Digest digest) throws IOException {
        try {
            return FileChannel.open(layout.blob(digest), StandardOpenOption.READ);
        } catch (NoSuchFileException absent) {
            throw missing(digest, absent);
        }
    }

    /// All of a small blob, such as a manifest or config.
    ///
    /// @throws ImageFaultException when it is absent or longer than [Manifest#LARGEST]
    public byte[] read(Digest digest) throws IOException {
        try (InputStream in = open(digest)) {
            byte[] bytes = in.readNBytes(Manifest.LARGEST + 1);
            if (bytes.length > Manifest.LARGEST) {
                throw new ImageFaultException(
                        new ImageFault.WrongSize(digest.toString(), Manifest.LARGEST, size(digest)));
            }
            return bytes;
        }
    }

    /// Writes a small blob.
    public Descriptor put(String mediaType, byte[] bytes) throws IOException {
        Digest digest = Digest.sha256(bytes);
        if (!has(digest)) {
            try (BlobWriter writer = writer()) {
                writer.write(bytes);
                writer.commit(digest);
            }
        }
        return Descriptor.of(mediaType, digest, bytes.length);
    }

    /// Writes what `in` holds, which must be `expected`'s very bytes. Does not close `in`.
    ///
    /// @throws ImageFaultException when digest or size differ; nothing is kept then
    public void write(InputStream in, Descriptor expected) throws IOException {
        try (BlobWriter writer = new BlobWriter(this, expected.digest().algorithm(), temporary())) {
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                writer.write(buffer, 0, read);
                if (writer.size() > expected.size()) {
                    throw new ImageFaultException(
                            new ImageFault.WrongSize(expected.digest().toString(), expected.size(), writer.size()));
                }
            }
            if (writer.size() != expected.size()) {
                throw new ImageFaultException(
                        new ImageFault.WrongSize(expected.digest().toString(), expected.size(), writer.size()));
            }
            writer.commit(expected.digest());
        }
    }

    /// A new blob to be written piece by piece.
    public BlobWriter writer() throws IOException {
        return new BlobWriter(this, "sha256", temporary());
    }

    /// A new blob to be written piece by piece, which is to be known by a digest of `algorithm`.
    public BlobWriter writer(String algorithm) throws IOException {
        return new BlobWriter(this, algorithm, temporary());
    }

    /// When it was written, or last [#touch]ed.
    public Instant modified(Digest digest) throws IOException {
        try {
            return Files.getLastModifiedTime(layout.blob(digest)).toInstant();
        } catch (NoSuchFileException absent) {
            throw missing(digest, absent);
        }
    }

    /// Notes that it was written again at `now`.
    public void touch(Digest digest, Instant now) throws IOException {
        try {
            Files.setLastModifiedTime(layout.blob(digest), FileTime.from(now));
        } catch (NoSuchFileException absent) {
            throw missing(digest, absent);
        }
    }

    /// Removes a blob at once, whoever holds it; true if it was there.
    public boolean delete(Digest digest) throws IOException {
        return disk.delete(layout.blob(digest));
    }

    List<Digest> list() throws IOException {
        var digests = new ArrayList<Digest>();
        for (String algorithm : List.of("sha256", "sha512")) {
            try (Stream<Path> files = Files.list(layout.blobs().resolve(algorithm))) {
                files.forEach(file ->
                        digests.add(new Digest(algorithm, file.getFileName().toString())));
            }
        }
        return digests;
    }

    /// Gives `file`, which holds `digest`'s bytes and is synced, its name.
    void adopt(Path file, Digest digest) throws IOException {
        Path target = layout.blob(digest);
        disk.move(file, target);
        disk.syncDirectory(target.getParent());
    }

    private Path temporary() throws IOException {
        return Files.createDirectories(layout.staging()).resolve("blob-" + UUID.randomUUID());
    }

    private static ImageFaultException missing(Digest digest, Throwable cause) {
        return new ImageFaultException(new ImageFault.NoSuchContent(digest), cause);
    }
}
