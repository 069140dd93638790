package dev.longshore.apiserver.audit;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file that only our own user reads. When a line would make it larger than it may be, it gets another name and a new
/// one begins. What cannot be written leaves no half of a line behind. No channel is used for writing: one is closed
/// when a thread that writes is interrupted, as threads of requests are.
final class TurnedFile implements LineFile {

    private static final Logger log = LoggerFactory.getLogger(TurnedFile.class);
    private static final long MEGABYTE = 1024L * 1024;
    private static final FileAttribute<?> OURS_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<?> OUR_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /// Of many virtual threads that want it at once, those that wait for a lock cost less than for a monitor.
    private final ReentrantLock lock = new ReentrantLock();

    private final OldFiles old;
    private final long largest;
    private Optional<FileOutputStream> out = Optional.empty();
    private long size;
    private boolean isClosed;

    private TurnedFile(OldFiles old, long largest) {
        this.old = old;
        this.largest = largest;
    }

    /// @param megabytes how large it gets; zero for as large as there is room
    /// @throws IOException when it cannot be made
    static TurnedFile open(OldFiles old, int megabytes) throws IOException {
        return open(old, megabytes == 0 ? Long.MAX_VALUE : megabytes * MEGABYTE);
    }

    /// As [#open(OldFiles, int)], in bytes.
    static TurnedFile open(OldFiles old, long largest) throws IOException {
        Path directory = old.current().getParent();
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, OUR_DIRECTORY);
        }
        var file = new TurnedFile(old, largest);
        file.opened();
        old.tidy();
        return file;
    }

    private FileOutputStream opened() throws IOException {
        if (out.isEmpty()) {
            try {
                Files.createFile(old.current(), OURS_ALONE);
            } catch (FileAlreadyExistsException _) {
                // It goes on, with the rights that somebody may have given it.
            }
            var stream = new FileOutputStream(old.current().toFile(), true);
            size = Files.size(old.current());
            out = Optional.of(stream);
        }
        return out.get();
    }

    @Override
    public void write(byte[] line) throws IOException {
        lock.lock();
        try {
            append(line);
        } finally {
            lock.unlock();
        }
    }

    private void append(byte[] line) throws IOException {
        if (isClosed) {
            throw new IOException("the audit log is closed");
        }
        if (line.length > largest) {
            throw new IOException("write length %d exceeds maximum file size %d".formatted(line.length, largest));
        }
        FileOutputStream stream = opened();
        if (size > 0 && size + line.length > largest) {
            turn(stream);
            stream = opened();
        }
        append(stream, line);
    }

    private void turn(FileOutputStream stream) throws IOException {
        out = Optional.empty();
        stream.close();
        try {
            old.keepCurrent();
        } catch (NoSuchFileException taken) {
            // Whoever took it away has not taken the next line.
            log.warn("the audit log {} was gone when it was to be turned over", old.current(), taken);
        }
        old.tidy();
    }

    private void append(FileOutputStream stream, byte[] line) throws IOException {
        try {
            stream.write(line);
            size += line.length;
        } catch (IOException denied) {
            // The next line finds out where it stands.
            out = Optional.empty();
            try (stream) {
                stream.getChannel().truncate(size);
            } catch (IOException alsoDenied) {
                denied.addSuppressed(alsoDenied);
            }
            throw denied;
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            isClosed = true;
            old.close();
            if (out.isPresent()) {
                out.get().close();
            }
        } catch (IOException denied) {
            log.warn("the audit log {} cannot be closed", old.current(), denied);
        } finally {
            lock.unlock();
        }
    }
}
