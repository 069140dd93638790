package dev.longshore.store;

import dev.longshore.base.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
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
        var consistency = new Consistency(findings);
        RocksBackend backend;
        try {
            backend = RocksBackend.readOnly(directory, time);
        } catch (StoreException damaged) {
            files(_ -> true);
            findings.add(finding(damaged.fault()));
            return consistency.report(count, bytes);
        }
        try (backend) {
            files(backend.tables()::contains);
            consistency.check(backend);
        } catch (StoreException damaged) {
            findings.add(finding(damaged.fault()));
        }
        return consistency.report(count, bytes);
    }

    private static String finding(StoreFault fault) {
        return fault instanceof StoreFault.Damaged(String detail) ? detail : fault.message();
    }

    /// @param belongs whether a table is the store's: another is what a killed writer had begun, and the next start
    /// removes it
    private void files(Predicate<String> belongs) throws IOException {
        try (Stream<Path> files = Files.list(directory);
                var settings = new RocksSettings()) {
            for (Path file : files.sorted().toList()) {
                if (Files.isRegularFile(file)) {
                    count++;
                    bytes += Files.size(file);
                    String name = file.getFileName().toString();
                    if (!name.endsWith(TABLE) || belongs.test(name)) {
                        fault(file, name, settings).ifPresent(what -> findings.add(name + " " + what));
                    }
                }
            }
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
