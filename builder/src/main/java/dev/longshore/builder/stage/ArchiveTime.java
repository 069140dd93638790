package dev.longshore.builder.stage;

import dev.longshore.images.Compression;
import dev.longshore.images.tar.MalformedTarException;
import dev.longshore.images.tar.TarEntry;
import dev.longshore.images.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// When the youngest file in an archive was made.
public final class ArchiveTime {

    private ArchiveTime() {}

    /// Of the archive at `file`; empty if it is none, or has no files.
    public static Optional<Instant> latest(Path file) throws IOException {
        if (!Compression.isTar(file)) {
            return Optional.empty();
        }
        Optional<Instant> latest = Optional.empty();
        try (InputStream in = Compression.open(Files.newInputStream(file))) {
            var tar = new TarReader(in);
            for (Optional<TarEntry> entry = tar.next(); entry.isPresent(); entry = tar.next()) {
                Instant modified = entry.get().modified().toInstant();
                if (entry.get().type() == TarEntry.Type.FILE
                        && latest.filter(modified::isBefore).isEmpty()) {
                    latest = Optional.of(modified);
                }
            }
        } catch (MalformedTarException none) {
            return Optional.empty();
        }
        return latest;
    }
}
