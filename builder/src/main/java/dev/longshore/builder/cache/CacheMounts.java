package dev.longshore.builder.cache;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The directories that `RUN --mount=type=cache` shows, kept from build to build:
///
/// ```
/// NAME/data        what steps see
/// NAME/mount.json  what it is; without it the directory is not finished, and goes at the next start
/// ```
///
/// Of a mount that is wanted privately by several steps at once there are several directories. Thread-safe.
public final class CacheMounts {

    private static final Pattern NAME = Pattern.compile("[0-9a-f]{32}-[0-9]+");
    private static final Logger log = LoggerFactory.getLogger(CacheMounts.class);

    private final Path directory;
    private final Time time;
    private final Map<String, Kept> mounts = new HashMap<>();

    CacheMounts(Path directory, Time time) {
        this.directory = directory;
        this.time = time;
    }

    /// Reads what there is; removes what is not finished.
    synchronized void start() throws IOException {
        Files.createDirectories(directory);
        // What strangers' commands leave there is for nobody but them.
        Files.setAttribute(directory, "unix:mode", 0700);
        var children = new ArrayList<Path>();
        try (Stream<Path> all = Files.list(directory)) {
            all.forEach(children::add);
        }
        for (Path child : children) {
            String name = child.getFileName().toString();
            Optional<MountFile> file = NAME.matcher(name).matches() ? MountFile.read(child) : Optional.empty();
            if (file.isPresent()) {
                mounts.put(name, new Kept(file.get()));
            } else {
                Trees.delete(child);
            }
        }
    }

    /// A directory for one step, which it gives back by closing it.
    public final class Borrowed implements AutoCloseable {
        private final String name;

        private Borrowed(String name) {
            this.name = name;
        }

        /// Where it is.
        public Path directory() {
            return data(name);
        }

        /// The step is over.
        @Override
        public void close() throws IOException {
            giveBack(name);
        }
    }

    /// The directory that `wish` asks for, made if there is none. Waits while somebody has it for himself.
    public Borrowed borrow(MountWish wish) throws IOException, InterruptedException {
        String group = Digest.sha256((wish.id() + "\n" + wish.origin()).getBytes(StandardCharsets.UTF_8))
                .hex()
                .substring(0, 32);
        String name = take(group, wish);
        boolean isDone = false;
        try {
            if (!Files.isDirectory(data(name), LinkOption.NOFOLLOW_LINKS)) {
                make(name, wish);
            }
            made(name);
            isDone = true;
            return new Borrowed(name);
        } finally {
            if (!isDone) {
                failed(name);
            }
        }
    }

    private synchronized String take(String group, MountWish wish) throws InterruptedException {
        int number = 0;
        while (true) {
            String name = group + "-" + number;
            Kept kept = mounts.get(name);
            if (kept == null) {
                kept = new Kept(new MountFile(wish.id(), time.now(), time.now(), 0, 0));
                kept.isBeingMade = true;
                mounts.put(name, kept);
            }
            if (kept.admits(wish.sharing())) {
                kept.users++;
                kept.isLocked = wish.sharing() != Sharing.SHARED;
                return name;
            }
            if (wish.sharing() == Sharing.PRIVATE) {
                number++;
            } else {
                wait();
            }
        }
    }

    private void make(String name, MountWish wish) throws IOException, InterruptedException {
        Path fresh = Files.createDirectory(directory.resolve("new-" + UUID.randomUUID()));
        try {
            Path data = Files.createDirectory(fresh.resolve("data"));
            wish.seed().fill(data);
            Files.setAttribute(data, "unix:uid", wish.uid(), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(data, "unix:gid", wish.gid(), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(data, "unix:mode", wish.mode());
            new MountFile(wish.id(), time.now(), time.now(), 0, Trees.bytes(data)).write(fresh);
            Files.move(fresh, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Trees.delete(fresh);
        }
    }

    private synchronized void made(String name) {
        mounts.get(name).isBeingMade = false;
        notifyAll();
    }

    private synchronized void failed(String name) {
        Kept kept = mounts.get(name);
        kept.users--;
        kept.isLocked = false;
        if (kept.isBeingMade) {
            mounts.remove(name);
        }
        notifyAll();
    }

    private void giveBack(String name) throws IOException {
        long bytes = Trees.bytes(data(name));
        synchronized (this) {
            Kept kept = mounts.get(name);
            kept.file = kept.file.used(time.now(), bytes);
            kept.users--;
            kept.isLocked = false;
            notifyAll();
            kept.file.write(directory.resolve(name));
        }
    }

    synchronized List<CacheEntry> entries() {
        var entries = new ArrayList<CacheEntry>();
        mounts.forEach((name, kept) -> entries.add(kept.file.entry(name, kept.users > 0)));
        return entries;
    }

    /// Lets the directory `name` go, unless a step uses it.
    boolean forget(String name) throws IOException {
        Path gone = directory.resolve("gone-" + UUID.randomUUID());
        synchronized (this) {
            Kept kept = mounts.get(name);
            if (kept == null || kept.users > 0) {
                return false;
            }
            Files.move(directory.resolve(name), gone, StandardCopyOption.ATOMIC_MOVE);
            mounts.remove(name);
        }
        Trees.delete(gone);
        log.debug("cache mount {} is gone", name);
        return true;
    }

    private Path data(String name) {
        return directory.resolve(name).resolve("data");
    }

    private static final class Kept {
        private MountFile file;
        private int users;
        private boolean isLocked;
        private boolean isBeingMade;

        private Kept(MountFile file) {
            this.file = file;
        }

        private boolean admits(Sharing sharing) {
            boolean isFree = users == 0;
            return switch (sharing) {
                case SHARED -> !isLocked && (isFree || !isBeingMade);
                case PRIVATE, LOCKED -> isFree;
            };
        }
    }
}
