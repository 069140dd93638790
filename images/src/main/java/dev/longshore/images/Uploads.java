package dev.longshore.images;

import dev.longshore.base.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Blobs that arrive in pieces, perhaps over days: what has arrived lies in a file and outlives the process.
/// Thread-safe; two pieces of one upload at once are refused.
public final class Uploads {

    private static final Pattern ID = Pattern.compile("[0-9a-f-]{36}");
    private static final int OWNER_MARK = 12;
    private static final int BUFFER = 64 << 10;

    private final ImageLayout layout;
    private final ContentStore store;
    private final RunningSums sums = new RunningSums();
    private final Set<String> busy = ConcurrentHashMap.newKeySet();

    Uploads(ImageLayout layout, ContentStore store) {
        this.layout = layout;
        this.store = store;
    }

    /// Begins one of `owner`'s (a repository); returns its id, which is as hard to guess as 72 random bits.
    public String begin(String owner) throws IOException {
        String random = UUID.randomUUID().toString();
        String id = random.substring(0, random.length() - OWNER_MARK) + mark(owner);
        Files.createFile(layout.uploads().resolve(id));
        return id;
    }

    /// @throws ImageFaultException when it was begun for somebody else than `owner`. The id itself tells, so that
    /// there is nothing to be lost.
    public void requireOwner(String id, String owner) {
        if (!id.endsWith(mark(owner))) {
            throw new ImageFaultException(new ImageFault.NoSuchUpload(id));
        }
    }

    /// How many bytes have arrived.
    public long offset(String id) throws IOException {
        return Files.size(file(id));
    }

    /// Adds what `in` holds; returns how many bytes there are then. If `in` breaks off, what came is kept.
    ///
    /// @param offset where the piece begins; must be where the upload stands
    public long append(String id, long offset, InputStream in) throws IOException {
        Path file = file(id);
        return alone(id, () -> {
            long size = Files.size(file);
            if (offset != size) {
                throw new ImageFaultException(new ImageFault.WrongOffset(size, offset));
            }
            try (OutputStream out = sums.along(id, size, Files.newOutputStream(file, StandardOpenOption.APPEND))) {
                in.transferTo(out);
            }
            return Files.size(file);
        });
    }

    /// Makes it a blob, which must be `digest`. An upload that is something else is dropped.
    public void finish(String id, Digest digest) throws IOException {
        Path file = file(id);
        alone(id, () -> {
            Optional<Digest> known = sums.take(id, Files.size(file));
            Digest actual = known.isPresent() && digest.algorithm().equals("sha256")
                    ? known.get()
                    : digest(file, digest.algorithm());
            if (!actual.equals(digest)) {
                Files.deleteIfExists(file);
                throw new ImageFaultException(new ImageFault.WrongDigest(digest.toString(), actual.toString()));
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                store.disk().sync(file, channel);
            }
            store.adopt(file, digest);
            return 0L;
        });
    }

    /// Gives it up.
    public void cancel(String id) throws IOException {
        Files.delete(file(id));
        sums.take(id, -1);
    }

    /// Gives up those that nothing has been added to since `limit`.
    void cancelOlderThan(Instant limit) throws IOException {
        try (Stream<Path> files = Files.list(layout.uploads())) {
            for (Path file : files.toList()) {
                if (!busy.contains(file.getFileName().toString())
                        && Files.getLastModifiedTime(file).compareTo(FileTime.from(limit)) < 0) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException finishedMeanwhile) {
            // Then it is no longer ours to judge; the next round sees the rest.
            return;
        }
    }

    private Path file(String id) {
        Path file = layout.uploads().resolve(ID.matcher(id).matches() ? id : "none");
        if (!Files.isRegularFile(file)) {
            throw new ImageFaultException(new ImageFault.NoSuchUpload(id));
        }
        return file;
    }

    private long alone(String id, Work work) throws IOException {
        if (!busy.add(id)) {
            throw new ImageFaultException(new ImageFault.Malformed("upload " + id, "another request is writing to it"));
        }
        try {
            return work.run();
        } finally {
            busy.remove(id);
        }
    }

    private static String mark(String owner) {
        return Digest.sha256(owner.getBytes(StandardCharsets.UTF_8)).hex().substring(0, OWNER_MARK);
    }

    private static Digest digest(Path file, String algorithm) throws IOException {
        MessageDigest sum = Digest.hasher(algorithm);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                sum.update(buffer, 0, read);
            }
        }
        return Digest.of(algorithm, sum.digest());
    }

    private interface Work {
        long run() throws IOException;
    }
}
