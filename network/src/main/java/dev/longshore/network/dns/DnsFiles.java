package dev.longshore.network.dns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// The directory by which the server and its node's name server know of each other.
///
/// ```
/// DIR/settings    written before it is started
///     records     written whenever services change; watched by it
///     engine      the names of the Docker engine's containers; watched by it
///     process     written by it once it answers: who it is
///     log         its standard error
/// ```
public record DnsFiles(Path directory) {

    /// Its settings.
    public Path settings() {
        return directory.resolve("settings");
    }

    /// The cluster's names.
    public Path records() {
        return directory.resolve("records");
    }

    /// The names of the Docker engine's containers.
    public Path engine() {
        return directory.resolve("engine");
    }

    /// Which process it is.
    public Path process() {
        return directory.resolve("process");
    }

    /// What it complained of.
    public Path log() {
        return directory.resolve("log");
    }

    /// Replaces `file` in one step: whoever reads sees the old or the new.
    public static void replace(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
