package dev.longshore.kubelet.shutdown;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The file by which logind learns that it is to wait longer. It is gone when the node stops; logind reads that when
/// it next reads its configuration.
record DelayOverride(Path file) {

    private static final Logger log = LoggerFactory.getLogger(DelayOverride.class);

    void write(Duration longest) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, """
                # Written by longshore for shutdownGracePeriod, and removed when it stops.
                [Login]
                InhibitDelayMaxSec=%d
                """.formatted(longest.toSeconds()));
    }

    void remove() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failure) {
            log.warn("{} could not be removed", file, failure);
        }
    }
}
