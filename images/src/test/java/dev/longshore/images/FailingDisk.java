package dev.longshore.images;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// A disk whose plug is pulled at one step: half of what was being written is there, what was named without having
/// been synced has lost its second half, and nothing works from then on.
final class FailingDisk implements Disk {

    private final int fatal;
    private final AtomicInteger steps = new AtomicInteger();
    private final Set<Path> synced = new HashSet<>();
    private final Map<Path, Path> unsynced = new HashMap<>();

    /// @param fatal the step, from 1 on, that is the last
    FailingDisk(int fatal) {
        this.fatal = fatal;
    }

    /// True once the plug is out.
    boolean isDead() {
        return steps.get() >= fatal;
    }

    /// Loses what a machine without power loses. To be called when nobody works any more.
    void loseUnsynced() throws IOException {
        for (Path file : unsynced.keySet()) {
            if (Files.isRegularFile(file)) {
                try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(channel.size() / 2);
                }
            }
        }
    }

    @Override
    public synchronized void write(Path file, FileChannel channel, ByteBuffer bytes) throws IOException {
        if (!isLast()) {
            Disk.HOST.write(file, channel, bytes);
            synced.remove(file);
            return;
        }
        Disk.HOST.write(file, channel, bytes.slice(bytes.position(), bytes.remaining() / 2));
        throw gone();
    }

    @Override
    public synchronized void sync(Path file, FileChannel channel) throws IOException {
        if (isLast()) {
            throw gone();
        }
        synced.add(file);
    }

    @Override
    public synchronized void move(Path from, Path to) throws IOException {
        if (isLast()) {
            throw gone();
        }
        Disk.HOST.move(from, to);
        unsynced.remove(to);
        if (!synced.contains(from) && Files.isRegularFile(to)) {
            unsynced.put(to, from);
        }
    }

    @Override
    public synchronized void syncDirectory(Path directory) throws IOException {
        if (isLast()) {
            throw gone();
        }
    }

    @Override
    public synchronized boolean delete(Path file) throws IOException {
        if (isLast()) {
            throw gone();
        }
        return Disk.HOST.delete(file);
    }

    private boolean isLast() {
        return steps.incrementAndGet() >= fatal;
    }

    private static IOException gone() {
        return new IOException("the plug was pulled");
    }

    /// True if `failed` came of the plug.
    static boolean isPlug(Throwable failed) {
        Throwable cause = failed instanceof UncheckedIOException ? failed.getCause() : failed;
        return cause instanceof IOException && "the plug was pulled".equals(cause.getMessage());
    }
}
