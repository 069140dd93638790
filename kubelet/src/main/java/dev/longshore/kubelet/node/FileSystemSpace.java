package dev.longshore.kubelet.node;

import dev.longshore.linux.CommandFailedException;
import dev.longshore.linux.Commands.Command;
import dev.longshore.linux.HostCommands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// What is left of the file system that a directory is on, as `stat -f` tells: Java knows no inodes.
///
/// @param free bytes that nobody has, also those that only root may take
public record FileSystemSpace(Observation bytes, Observation inodes, long free) {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int FIELDS = 6;

    /// Empty if it cannot be measured; a disk that does not answer is given up on after some seconds.
    public static Optional<FileSystemSpace> of(Path directory) {
        try {
            String[] fields = new HostCommands()
                    .require(Command.of("stat", "-f", "-c", "%S %a %b %d %c %f", directory.toString())
                            .within(LIMIT))
                    .out()
                    .strip()
                    .split(" ");
            if (fields.length != FIELDS) {
                return Optional.empty();
            }
            long block = Long.parseLong(fields[0]);
            return Optional.of(new FileSystemSpace(
                    new Observation(block * Long.parseLong(fields[1]), block * Long.parseLong(fields[2])),
                    new Observation(Long.parseLong(fields[3]), Long.parseLong(fields[4])),
                    block * Long.parseLong(fields[5])));
        } catch (CommandFailedException | NumberFormatException untold) {
            return Optional.empty();
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
