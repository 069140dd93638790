package dev.longshore.network;

import dev.longshore.base.ClusterId;
import dev.longshore.base.WholeFile;
import dev.longshore.linux.Commands;
import dev.longshore.linux.Commands.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// The settings of the whole host that clusters need: the first cluster records and sets them, the last one
/// puts them back. The directory lies on a file system that a reboot empties, as the settings are.
///
/// ```
/// DIR/lock            held while one changes anything here
///     ip_forward      what it was before the first cluster
///     users/ID        one for each cluster that needs it
/// ```
final class HostSettings {

    /// Forwarding of IPv4.
    static final String FOUR = "net/ipv4/ip_forward";

    /// Forwarding of IPv6.
    static final String SIX = "net/ipv6/conf/all/forwarding";

    private static final String ORIGINAL = "ip_forward";
    private static final String WANTED = "1";

    private final Path directory;
    private final String setting;
    private final Commands commands;
    private final HostLock lock;

    HostSettings(Path directory, Commands commands) {
        this(directory, FOUR, commands);
    }

    /// Of another `setting`, below /proc/sys, with a directory of its own.
    HostSettings(Path directory, String setting, Commands commands) {
        this.directory = directory;
        this.setting = setting;
        this.commands = commands;
        this.lock = new HostLock(directory);
    }

    /// Makes the host forward packets, for `cluster`.
    void acquire(ClusterId cluster) throws IOException, InterruptedException {
        lock.alone(() -> {
            Path original = directory.resolve(ORIGINAL);
            Files.createDirectories(users());
            if (!Files.exists(original)) {
                WholeFile.write(original, read().getBytes(StandardCharsets.UTF_8));
            }
            Files.writeString(users().resolve(cluster.value()), "");
            write(WANTED);
            return true;
        });
    }

    /// `cluster` needs it no more; harmless when it never did.
    void release(ClusterId cluster) throws IOException, InterruptedException {
        lock.alone(() -> {
            Path original = directory.resolve(ORIGINAL);
            boolean wasUser = Files.deleteIfExists(users().resolve(cluster.value()));
            if (wasUser && hasNoUsers() && Files.exists(original)) {
                String before = Files.readString(original).strip();
                // Empty if somebody died over it: what it was is not known then.
                if (!before.isEmpty()) {
                    write(before);
                }
                Files.delete(original);
            }
            return wasUser;
        });
    }

    private boolean hasNoUsers() throws IOException {
        try (Stream<Path> files = Files.list(users())) {
            return files.findAny().isEmpty();
        }
    }

    private Path users() {
        return directory.resolve("users");
    }

    private String file() {
        return "/proc/sys/" + setting;
    }

    private String read() throws InterruptedException {
        return commands.require("cat", file()).out().strip();
    }

    private void write(String value) throws InterruptedException {
        commands.require(Command.of("sh", "-c", "echo \"$1\" > \"$2\"", "sh", value, file()));
    }
}
