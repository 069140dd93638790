package dev.longshore.store;

import dev.longshore.base.Time;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// RocksDB in a directory of its own. Every call runs on a platform thread: the caller's, or one of
/// [PlatformPool].
///
/// Closing a database under a running read would take the JVM down, so calls share `gate` and closing takes it
/// alone. It is the one lock that is held across I/O; nobody waits for it but who closes or reopens.
final class RocksBackend implements Backend {

    private static final Duration SPACE_CHECK = Duration.ofSeconds(1);

    private static final Set<PosixFilePermission> OURS_ALONE = PosixFilePermissions.fromString("rwx------");
    private static final String CURRENT = "CURRENT";
    private static final Pattern MANIFEST = Pattern.compile("MANIFEST-[0-9]+");

    private final Path directory;
    private final long reserve;
    private final boolean isReadOnly;
    private final RevisionNote note;
    private final Time time;
    private final PlatformPool pool = new PlatformPool("store-io-", 4);
    private final RocksSettings settings = new RocksSettings();
    private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();
    private Optional<RocksDB> db;
    private volatile long checkedAt;
    private volatile Optional<String> full = Optional.empty();

    /// @param reserve so many bytes of the disk are left alone: below it the store takes no more, but can still
    /// compact, which a really full disk would not allow
    RocksBackend(Path directory, long reserve, Time time) {
        this(directory, reserve, false, time);
    }

    private RocksBackend(Path directory, long reserve, boolean isReadOnly, Time time) {
        this.directory = directory;
        this.isReadOnly = isReadOnly;
        this.note = new RevisionNote(directory);
        this.reserve = reserve;
        this.time = time;
        this.checkedAt = time.nanoTime() - SPACE_CHECK.toNanos();
        try {
            this.db = Optional.of(pool.call(this::open));
        } catch (RuntimeException e) {
            settings.close();
            pool.close();
            throw e;
        }
    }

    @Override
    public List<Optional<byte[]>> get(List<byte[]> keys) {
        if (keys.isEmpty()) {
            return List.of();
        }
        return use(open -> {
            if (keys.size() == 1) {
                return List.of(Optional.ofNullable(open.get(keys.getFirst())));
            }
            return open.multiGetAsList(keys).stream().map(Optional::ofNullable).toList();
        });
    }

    @Override
    public void write(Writes writes, boolean synced) {
        use(open -> {
            try (var batch = new WriteBatch();
                    var options = new WriteOptions().setSync(synced)) {
                for (Write write : writes.list()) {
                    if (write.value().isPresent()) {
                        batch.put(write.key(), write.value().get());
                    } else {
                        batch.delete(write.key());
                    }
                }
                open.write(options, batch);
            }
            return true;
        });
    }

    @Override
    public void scan(byte[] from, byte[] to, Visitor visitor) {
        use(open -> {
            try (var end = new Slice(to);
                    var options = new ReadOptions().setIterateUpperBound(end).setFillCache(false);
                    RocksIterator at = open.newIterator(options)) {
                at.seek(from);
                while (at.isValid() && visitor.visit(at.key(), at.value())) {
                    at.next();
                }
                at.status();
            }
            return true;
        });
    }

    @Override
    public Optional<String> full() {
        long now = time.nanoTime();
        if (now - checkedAt >= SPACE_CHECK.toNanos()) {
            full = pool.call(this::measure);
            checkedAt = now;
        }
        return full;
    }

    @Override
    public void recover() {
        Optional<String> stillFull = pool.call(this::measure);
        if (stillFull.isPresent()) {
            throw new StoreException(new StoreFault.NoSpace(stillFull.get()));
        }
        pool.call(() -> {
            gate.writeLock().lock();
            try {
                db.ifPresent(RocksDB::close);
                db = Optional.empty();
                db = Optional.of(open());
            } catch (StoreException e) {
                // Reads go on as well as they can.
                db = openReadOnly();
                throw e;
            } finally {
                gate.writeLock().unlock();
            }
            return true;
        });
    }

    /// As many as its files have.
    @Override
    public long size() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            throw new StoreException(new StoreFault.ReadOnly(e.toString()), e);
        }
    }

    @Override
    public void note(long revision) {
        note.write(revision);
    }

    @Override
    public Optional<Long> noted() {
        return RevisionNote.read(directory);
    }

    @Override
    public void defragment() {
        use(open -> {
            open.compactRange();
            return true;
        });
    }

    @Override
    public void close() {
        pool.call(() -> {
            gate.writeLock().lock();
            try {
                db.ifPresent(RocksDB::close);
                db = Optional.empty();
            } finally {
                gate.writeLock().unlock();
            }
            return true;
        });
        pool.close();
        settings.close();
        note.close();
    }

    /// To look at only: nothing in `directory` changes. Nobody else may have it open.
    static RocksBackend readOnly(Path directory, Time time) {
        return new RocksBackend(directory, 0, true, time);
    }

    /// The names of the files with tables that belong to it.
    Set<String> tables() {
        return use(open -> open.getLiveFilesMetaData().stream()
                .map(table -> table.fileName().replaceFirst("^/", ""))
                .collect(Collectors.toSet()));
    }

    /// Which of RocksDB's files is not there, though others are: it would begin a new database beside them.
    static Optional<String> missing(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(directory)) {
            List<String> names =
                    files.map(file -> file.getFileName().toString()).toList();
            boolean isStore = names.stream().anyMatch(RocksBackend::isOfAStore);
            if (!isStore) {
                return Optional.empty();
            }
            if (!names.contains(CURRENT)) {
                return Optional.of("the file CURRENT is missing");
            }
        }
        String manifest = Files.readString(directory.resolve(CURRENT), StandardCharsets.ISO_8859_1)
                .strip();
        boolean isNamed = MANIFEST.matcher(manifest).matches();
        return isNamed && Files.isRegularFile(directory.resolve(manifest))
                ? Optional.empty()
                : Optional.of("the file CURRENT names no MANIFEST that is there");
    }

    private static boolean isOfAStore(String name) {
        // Not MANIFEST: one may lie there alone if a first start was cut short.
        return name.endsWith(".sst") || name.endsWith(".log") || name.equals(RevisionNote.NAME);
    }

    private RocksDB open() {
        try {
            Optional<String> missing = missing(directory);
            if (missing.isPresent()) {
                throw new StoreException(new StoreFault.Damaged(missing.get()));
            }
            if (isReadOnly) {
                return RocksDB.openReadOnly(settings.options(), directory.toString());
            }
            keepPrivate();
            return RocksDB.open(settings.options(), directory.toString());
        } catch (RocksDBException e) {
            throw translate(e);
        } catch (IOException e) {
            throw new StoreException(new StoreFault.ReadOnly(e.toString()), e);
        }
    }

    /// It holds every Secret: nobody else looks into it, also where an older program had made it.
    private void keepPrivate() throws IOException {
        Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (Files.notExists(directory)) {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OURS_ALONE));
        } else if (!Files.getPosixFilePermissions(directory).equals(OURS_ALONE)) {
            Files.setPosixFilePermissions(directory, OURS_ALONE);
        }
    }

    private Optional<RocksDB> openReadOnly() {
        try {
            return Optional.of(RocksDB.openReadOnly(settings.options(), directory.toString()));
        } catch (RocksDBException e) {
            return Optional.empty();
        }
    }

    private Optional<String> measure() {
        try {
            long free = Files.getFileStore(directory).getUsableSpace();
            return free >= reserve
                    ? Optional.empty()
                    : Optional.of("%d bytes are free where %d are kept in reserve".formatted(free, reserve));
        } catch (IOException e) {
            // What cannot be measured is found out by writing.
            return Optional.empty();
        }
    }

    private <T> T use(Use<T> use) {
        return pool.call(() -> {
            gate.readLock().lock();
            try {
                return use.with(db.orElseThrow(() -> new StoreException(new StoreFault.Closed())));
            } catch (RocksDBException e) {
                throw translate(e);
            } finally {
                gate.readLock().unlock();
            }
        });
    }

    private static StoreException translate(RocksDBException e) {
        String detail = String.valueOf(e.getMessage());
        boolean corrupt = e.getStatus() != null && e.getStatus().getCode() == org.rocksdb.Status.Code.Corruption;
        boolean noSpace = e.getStatus() != null && e.getStatus().getSubCode() == org.rocksdb.Status.SubCode.NoSpace;
        if (noSpace || detail.contains("No space left")) {
            return new StoreException(new StoreFault.NoSpace(detail), e);
        }
        return new StoreException(corrupt ? new StoreFault.Damaged(detail) : new StoreFault.ReadOnly(detail), e);
    }

    private interface Use<T> {
        T with(RocksDB open) throws RocksDBException;
    }
}
