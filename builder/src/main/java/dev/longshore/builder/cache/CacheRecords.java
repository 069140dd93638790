package dev.longshore.builder.cache;

import dev.longshore.base.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What steps of earlier builds came to, a file per step. A key says all that decides the outcome, so a record is
/// right for ever; it is only ever forgotten. Thread-safe.
final class CacheRecords {

    private static final Logger log = LoggerFactory.getLogger(CacheRecords.class);

    private final Path directory;
    private final Map<StepKey, Kept> records = new HashMap<>();

    CacheRecords(Path directory) {
        this.directory = directory;
    }

    /// Reads what there is; drops what is torn.
    synchronized void start() throws IOException {
        Files.createDirectories(directory);
        var files = new ArrayList<Path>();
        try (Stream<Path> all = Files.list(directory)) {
            all.forEach(files::add);
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            Optional<RecordFile> read = StepKey.isKey(name) ? RecordFile.read(file) : Optional.empty();
            if (read.isPresent()) {
                records.put(new StepKey(name), new Kept(read.get()));
            } else {
                Files.deleteIfExists(file);
            }
        }
    }

    /// What the step with `key` came to, if it is known; from now on it is not forgotten before [#release].
    synchronized Optional<StepRecord> pin(StepKey key) {
        return Optional.ofNullable(records.get(key)).map(kept -> {
            kept.users++;
            return kept.file.step();
        });
    }

    /// What the step with `key` came to, if it is known.
    synchronized Optional<StepRecord> peek(StepKey key) {
        return Optional.ofNullable(records.get(key)).map(kept -> kept.file.step());
    }

    /// Remembers a step, pinned once. Failing to write it costs time later, nothing else.
    synchronized void remember(StepKey key, StepRecord step, Instant now) {
        Kept before = records.get(key);
        var kept = new Kept(new RecordFile(step, now, 0));
        kept.users = (before == null ? 0 : before.users) + 1;
        records.put(key, kept);
        write(key, kept.file);
    }

    /// Takes one pin back, as if it had not been.
    synchronized void unpin(StepKey key) {
        Kept kept = records.get(key);
        if (kept != null) {
            kept.users--;
        }
    }

    /// A build that used `key` does not need it any longer.
    synchronized void release(StepKey key, Instant lastUsed) {
        Kept kept = records.get(key);
        if (kept != null) {
            kept.users--;
            kept.file = new RecordFile(kept.file.step(), lastUsed, kept.file.uses() + 1);
            write(key, kept.file);
        }
    }

    /// Forgets `key` unless a build needs it.
    synchronized boolean forget(StepKey key) throws IOException {
        Kept kept = records.get(key);
        if (kept == null || kept.users > 0) {
            return false;
        }
        Files.deleteIfExists(directory.resolve(key.hex()));
        records.remove(key);
        return true;
    }

    /// Blobs and chains of layers that the remembered steps are made of.
    synchronized Set<Digest> needs() {
        var needs = new HashSet<Digest>();
        for (Kept kept : records.values()) {
            kept.file.step().layer().ifPresent(layer -> {
                needs.add(layer.blob().digest());
                needs.add(layer.chainId());
            });
        }
        return needs;
    }

    /// Everything remembered. Of records with the same layer the last used one has its size: it goes last.
    ///
    /// @param isShared whether a blob is an image's as well
    synchronized List<CacheEntry> entries(Predicate<Digest> isShared) {
        var counted = new HashSet<Digest>();
        return records.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<StepKey, Kept> record) ->
                                record.getValue().file.lastUsed())
                        .reversed())
                .map(record -> entry(record.getKey(), record.getValue(), counted, isShared))
                .toList();
    }

    private static CacheEntry entry(StepKey key, Kept kept, Set<Digest> counted, Predicate<Digest> isShared) {
        StepRecord step = kept.file.step();
        Optional<StepRecord.MadeLayer> layer = step.layer();
        long bytes = layer.filter(made -> counted.add(made.chainId()))
                .map(StepRecord.MadeLayer::bytes)
                .orElse(0L);
        return new CacheEntry(
                key.hex(),
                CacheEntry.Type.REGULAR,
                step.description(),
                bytes,
                step.created(),
                kept.file.lastUsed(),
                kept.file.uses(),
                kept.users > 0,
                layer.filter(made -> isShared.test(made.blob().digest())).isPresent());
    }

    private void write(StepKey key, RecordFile file) {
        try {
            file.write(directory, key);
        } catch (IOException failed) {
            log.warn("a build step is not remembered: {}", failed.toString());
        }
    }

    private static final class Kept {
        private RecordFile file;
        private int users;

        private Kept(RecordFile file) {
            this.file = file;
        }
    }
}
