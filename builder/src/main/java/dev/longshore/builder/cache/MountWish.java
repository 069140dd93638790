package dev.longshore.builder.cache;

import java.io.IOException;
import java.nio.file.Path;

/// The cache mount that a step wants.
///
/// @param id its name, unique within the machine
/// @param origin the digest of what it begins with; empty for an empty directory. Mounts of one name that begin
/// with different things are different mounts
/// @param uid who owns the directory when it is made
/// @param mode its permissions then
/// @param seed fills a new directory
public record MountWish(String id, String origin, Sharing sharing, int uid, int gid, int mode, Seed seed) {

    /// Fills a new directory.
    @FunctionalInterface
    public interface Seed {
        /// Leaves it empty.
        Seed NOTHING = directory -> {};

        /// Fills `directory`, which is empty.
        void fill(Path directory) throws IOException, InterruptedException;
    }
}
