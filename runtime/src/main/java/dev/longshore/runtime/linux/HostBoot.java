package dev.longshore.runtime.linux;

import dev.longshore.base.Time;
import dev.longshore.runtime.linux.ContainerFacts.Exit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Recognises that the host was down since the runtime last ran: then nothing that is written down runs, whatever
/// the numbers of processes say, for those begin anew. Marks of that are left beside each sandbox and container
/// before the new boot is noted, so that a process that is killed meanwhile leaves nothing unmarked.
final class HostBoot {

    /// Where the kernel says which run of it this is.
    static final Path KERNEL = Path.of("/proc/sys/kernel/random/boot_id");

    private static final Logger log = LoggerFactory.getLogger(HostBoot.class);
    private static final int UNKNOWN = 255;

    private final NodePaths paths;
    private final Path kernel;
    private final Time time;

    HostBoot(NodePaths paths, Path kernel, Time time) {
        this.paths = paths;
        this.kernel = kernel;
        this.time = time;
    }

    /// Compares with the boot that was noted last, and notes this one.
    void recognise() {
        Path noted = paths.directory().resolve("boot-id");
        String now = text(kernel);
        String before = text(noted);
        if (now.equals(before)) {
            return;
        }
        if (!before.isEmpty()) {
            log.info("the host was started anew since: what ran before is known dead");
            StateFile.names(paths.sandboxes())
                    .forEach(id -> StateFile.writeText(paths.sandbox(id).resolve(NodeState.LOST), now));
            StateFile.names(paths.containers()).forEach(this::end);
        }
        StateFile.writeText(noted, now);
    }

    // An exit file is of before the host went down and tells more.
    private void end(String id) {
        Path ended = paths.container(id).resolve("ended.json");
        boolean wasStarted = Files.exists(paths.container(id).resolve("started.json"))
                || Files.exists(paths.container(id).resolve("pid"));
        if (wasStarted && !Files.exists(ended) && !Files.exists(paths.exit(id))) {
            StateFile.write(ended, new Exit(time.now(), UNKNOWN, "Unknown", ""));
        }
    }

    private static String text(Path file) {
        // What the kernel tells has no length, so it is read as a stream.
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(256), java.nio.charset.StandardCharsets.US_ASCII).strip();
        } catch (NoSuchFileException none) {
            return "";
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
