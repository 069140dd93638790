package dev.longshore.store;

import dev.longshore.base.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;

/// Looks at every byte of a store that nobody has open, and changes nothing: each file by its checksums, then the
/// whole as RocksDB sees it, then whether what is in it fits together ([Consistency]).
final class StoreCheck {

    private final Path directory;
    private final Time time;
    private final List<String> findings = new ArrayList<>();
    private int count;
    private long bytes;

    StoreCheck(Path directory, Time time) {
        this.directory = directory;
        this.time = time;
    }

    /// @throws IOException when the directory cannot be read
    StoreReport run() throws IOException {
        files();
        var consistency = new Consistency(findings);
        try (Backend backend = RocksBackend.readOnly(directory, time)) {
            consistency.check(backend);
        } catch (StoreException e) {
            findings.add(e.fault().message());
        }
        return consistency.report(count, bytes);
    }

    private void files() throws IOException {
        RocksBackend.missing(directory).ifPresent(findings::add);
        try (Stream<Path> files = Files.list(directory);
                var settings = new RocksSettings()) {
            for (Path file : files.sorted().toList()) {
                if (Files.isRegularFile(file)) {
                    count++;
                    bytes += Files.size(file);
                    fault(file, settings).ifPresent(what -> findings.add(file.getFileName() + " " + what));
                }
            }
        }
    }

    private static Optional<String> fault(Path file, RocksSettings settings) throws IOException {
        String name = file.getFileName().toString();
        if (name.endsWith(".log") || name.startsWith("MANIFEST-")) {
            return LogFile.fault(file);
        }
        return name.endsWith(".sst") ? table(file, settings) : Optional.empty();
    }

    private static Optional<String> table(Path file, RocksSettings settings) {
        try (var reader = new SstFileReader(settings.options())) {
            reader.open(file.toString());
            reader.verifyChecksum();
            return Optional.empty();
        } catch (RocksDBException damaged) {
            return Optional.of("is damaged: " + damaged.getMessage());
        }
    }
}
