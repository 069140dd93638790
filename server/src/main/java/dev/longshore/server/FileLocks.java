package dev.longshore.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;

/// Locks on files, by which processes keep out of each other's way.
final class FileLocks {

    private FileLocks() {}

    /// Locks the file of `channel` until that is closed.
    ///
    /// @return false if somebody else has locked it: another process, or another part of this one
    static boolean attempt(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException ours) {
            return false;
        }
    }
}
