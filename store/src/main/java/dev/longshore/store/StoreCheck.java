package dev.longshore.store;

import dev.longshore.base.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;

/// Looks at every byte of a store that nobody has open, and changes nothing: each file by its checksums, then the
/// whole as RocksDB sees it, then whether what is in it fits together ([Consistency]).
final class StoreCheck {

    private static final String TABLE = ".sst";

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
        Optional<Set<String>> tables = tables();
        try (Stream<Path> files = Files.list(directory);
                var settings = new RocksSettings()) {
            for (Path file : files.sorted().toList()) {
                if (Files.isRegularFile(file)) {
                    count++;
                    bytes += Files.size(file);
                    String name = file.getFileName().toString();
                    boolean counts = !name.endsWith(TABLE)
                            || tables.map(all -> all.contains(name)).orElse(true);
                    (counts ? fault(file, name, settings) : Optional.<String>empty())
                            .ifPresent(what -> findings.add(name + " " + what));
                }
            }
        }
    }

    /// The tables that belong to the store: another is what a killed writer had begun, and the next start removes it.
    /// Empty if it cannot be found out.
    private Optional<Set<String>> tables() {
        try (RocksBackend backend = RocksBackend.readOnly(directory, time)) {
            return Optional.of(backend.tables());
        } catch (StoreException damaged) {
            return Optional.empty();
        }
    }

    private static Optional<String> fault(Path file, String name, RocksSettings settings) throws IOException {
        if (name.endsWith(".log") || name.startsWith("MANIFEST-")) {
            return LogFile.fault(file);
        }
        return name.endsWith(TABLE) ? table(file, settings) : Optional.empty();
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
