package dev.longshore.apiserver.audit;

import dev.longshore.base.Time;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The files that a log was, beside the one that it is, under names as kube-apiserver gives them:
/// `audit-2026-11-26T16-20-00.000.log`, and `.gz` behind that when compressed. Thread-safe.
final class OldFiles implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(OldFiles.class);
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH-mm-ss.SSS");
    private static final String COMPRESSED = ".gz";

    private final Path current;
    private final Limits limits;
    private final Time time;
    private final String prefix;
    private final String suffix;
    private Optional<Thread> tidier = Optional.empty();
    private boolean isWanted;

    OldFiles(Path current, Limits limits, Time time) {
        this.current = current;
        this.limits = limits;
        this.time = time;
        String name = current.getFileName().toString();
        int dot = name.lastIndexOf('.');
        this.prefix = (dot < 0 ? name : name.substring(0, dot)) + "-";
        this.suffix = dot < 0 ? "" : name.substring(dot);
    }

    /// How many are kept, and for how many days; zero for no limit.
    record Limits(int days, int most, boolean compresses) {}

    private record OldFile(Path path, Instant stamp) {
        boolean isCompressed() {
            return path.toString().endsWith(COMPRESSED);
        }

        String plainName() {
            String name = path.getFileName().toString();
            return isCompressed() ? name.substring(0, name.length() - COMPRESSED.length()) : name;
        }
    }

    /// The file that the log is.
    Path current() {
        return current;
    }

    /// Gives the current file its name among the old ones. Two within a millisecond get two names.
    void keepCurrent() throws IOException {
        Instant stamp = time.now();
        Path kept = named(stamp);
        while (Files.exists(kept) || Files.exists(kept.resolveSibling(kept.getFileName() + COMPRESSED))) {
            stamp = stamp.plusMillis(1);
            kept = named(stamp);
        }
        Files.move(current, kept);
    }

    private Path named(Instant stamp) {
        return current.resolveSibling(prefix + STAMP.format(stamp.atOffset(ZoneOffset.UTC)) + suffix);
    }

    /// Begins to remove and compress what the limits say, on a thread of its own; no more than one works at a time.
    synchronized void tidy() {
        isWanted = true;
        boolean isBusy = tidier.filter(Thread::isAlive).isPresent();
        if (!isBusy) {
            tidier = Optional.of(Thread.ofVirtual().name("audit-log-tidier").start(this::work));
        }
    }

    private void work() {
        while (takeWish()) {
            try {
                tidyNow();
            } catch (IOException denied) {
                log.warn("old audit logs beside {} cannot be tidied", current, denied);
            }
        }
    }

    private synchronized boolean takeWish() {
        boolean wasWanted = isWanted;
        isWanted = false;
        if (!wasWanted) {
            tidier = Optional.empty();
        }
        return wasWanted;
    }

    void tidyNow() throws IOException {
        if (limits.most == 0 && limits.days == 0 && !limits.compresses) {
            return;
        }
        var remaining = new ArrayList<OldFile>();
        var names = new ArrayList<String>();
        Instant oldest = limits.days == 0 ? Instant.MIN : time.now().minus(Duration.ofDays(limits.days));
        for (OldFile file : found()) {
            if (!names.contains(file.plainName())) {
                names.add(file.plainName());
            }
            boolean isOne = limits.most == 0 || names.size() <= limits.most;
            if (isOne && !file.stamp.isBefore(oldest)) {
                remaining.add(file);
            } else {
                Files.deleteIfExists(file.path);
            }
        }
        if (limits.compresses) {
            for (OldFile file : remaining) {
                if (!file.isCompressed()) {
                    compress(file.path);
                }
            }
        }
    }

    /// The newest first.
    private List<OldFile> found() throws IOException {
        try (Stream<Path> all = Files.list(current.getParent())) {
            return all.map(this::recognized)
                    .flatMap(Optional::stream)
                    .sorted(Comparator.comparing(OldFile::stamp).reversed())
                    .toList();
        }
    }

    private Optional<OldFile> recognized(Path path) {
        String name = path.getFileName().toString();
        String plain =
                name.endsWith(suffix + COMPRESSED) ? name.substring(0, name.length() - COMPRESSED.length()) : name;
        boolean fits = plain.startsWith(prefix)
                && plain.endsWith(suffix)
                && plain.length() > prefix.length() + suffix.length()
                && Files.isRegularFile(path);
        if (!fits) {
            return Optional.empty();
        }
        try {
            var stamp = LocalDateTime.parse(plain.substring(prefix.length(), plain.length() - suffix.length()), STAMP);
            return Optional.of(new OldFile(path, stamp.toInstant(ZoneOffset.UTC)));
        } catch (DateTimeException notOurs) {
            return Optional.empty();
        }
    }

    /// A file that is half compressed never stands under its name.
    private static void compress(Path plain) throws IOException {
        Path target = plain.resolveSibling(plain.getFileName() + COMPRESSED);
        Path draft = plain.resolveSibling(plain.getFileName() + COMPRESSED + ".new");
        Files.deleteIfExists(draft);
        Files.createFile(draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            try (InputStream in = Files.newInputStream(plain);
                    OutputStream out = new GZIPOutputStream(Files.newOutputStream(draft))) {
                in.transferTo(out);
            }
            Files.move(draft, target);
        } catch (IOException denied) {
            Files.deleteIfExists(draft);
            throw denied;
        }
        Files.delete(plain);
    }

    /// Waits for what is being compressed.
    @Override
    public void close() {
        Optional<Thread> busy;
        synchronized (this) {
            busy = tidier;
        }
        try {
            if (busy.isPresent()) {
                busy.get().join(Duration.ofSeconds(10));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
