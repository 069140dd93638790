package dev.longshore.journeys;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.linux.Commands.Command;
import dev.longshore.linux.HostCommands;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/// A block device of this host over a file of a test's own.
record LoopDevice(Path device, Path file) implements AutoCloseable {

    private static final long SIZE = 4 << 20;

    /// Of four mebibytes. A host without such devices skips the test.
    static LoopDevice over(Path file) throws IOException, InterruptedException {
        try (var all = new RandomAccessFile(file.toFile(), "rw")) {
            all.setLength(SIZE);
        }
        var made = new HostCommands().run(Command.of("losetup", "--find", "--show", file.toString()));
        assumeTrue(made.exitCode() == 0, "no loop device: " + made.err());
        return new LoopDevice(Path.of(made.out().strip()), file);
    }

    @Override
    public void close() {
        try {
            new HostCommands().run(Command.of("losetup", "--detach", device.toString()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
