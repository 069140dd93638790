package dev.longshore.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A directory whose contents mean nothing after the machine was started anew: no network namespace survives
/// that, so no address in it is taken any more.
final class BootScoped {

    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

    private BootScoped() {}

    /// This start of the machine.
    static String boot() throws IOException {
        return Files.readString(BOOT).strip();
    }

    /// Makes `directory`; empties it if it is from before the last start of the machine.
    static void emptyAfterReboot(Path directory) throws IOException {
        Path mark = directory.resolve("boot");
        if (Files.exists(mark) && Files.readString(mark).equals(boot())) {
            return;
        }
        delete(directory);
        Files.createDirectories(directory);
        Files.writeString(mark, boot());
    }

    /// Deletes `directory` and all in it; harmless when there is none.
    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(directory)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }
}
