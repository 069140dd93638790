package dev.longshore.builder.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;

/// Finds out whether a program runs in a root file system of its own, as steps do: an emulator that the kernel would
/// look for in there is not found. Needs root.
final class ProgramTrial {

    private static final int PATIENCE_SECONDS = 10;

    private final Places places;

    /// @param places for the program's file
    ProgramTrial(Places places) {
        this.places = places;
    }

    /// Directories for a while.
    interface Places {
        /// An empty one.
        Path open() throws IOException;

        /// Deletes it.
        void close(Path directory) throws IOException;
    }

    /// True if `program` runs.
    boolean succeeds(ProbeProgram program) throws IOException, InterruptedException {
        Path root = places.open();
        try {
            Path file = Files.write(root.resolve("probe"), program.file());
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            Process process = new ProcessBuilder("chroot", root.toString(), "/probe")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
            } finally {
                process.destroyForcibly();
            }
        } finally {
            places.close(root);
        }
    }
}
