package dev.longshore.kubelet.manifests;

import dev.longshore.base.Time;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The files of one directory, one static pod each; those whose names begin with a dot are none. Looked at
/// whenever something in it changes, and every twenty seconds.
final class ManifestDirectory {

    private static final Logger log = LoggerFactory.getLogger(ManifestDirectory.class);
    private static final int ROUND_SECONDS = 20;
    /// Files are often written in several steps: whoever is woken by the first waits for the others.
    private static final int SETTLED_MILLIS = 50;
    private static final long LARGEST = 10L << 20;

    private final Path directory;
    private final ManifestReader reader;
    /// What was wrong with a file when it was last told of; so each fault is told once.
    private final Map<Path, String> faults = new HashMap<>();

    ManifestDirectory(Path directory, String nodeName, Time time) {
        this.directory = directory;
        this.reader = new ManifestReader(nodeName, time);
    }

    /// The pods of all files that hold one, by full name; a fault in one file does not touch the others. Of two
    /// files with one pod name the first by name counts.
    ///
    /// @throws IOException when the directory cannot be read; one that does not exist is empty
    synchronized Map<String, Pod> pods() throws IOException {
        var found = new LinkedHashMap<String, Pod>();
        for (Path file : files()) {
            try {
                Pod pod = read(file);
                if (found.putIfAbsent(fullName(pod), pod) != null) {
                    throw new ManifestException("pod %s stands in another file too".formatted(fullName(pod)));
                }
                faults.remove(file);
            } catch (ManifestException | IOException fault) {
                tell(file, String.valueOf(fault.getMessage()));
            }
        }
        return found;
    }

    /// As `NAMESPACE/NAME`.
    static String fullName(Pod pod) {
        return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
    }

    /// Gives `listener` the pods after each change, and every now and then, until the thread is interrupted.
    void follow(Consumer<Map<String, Pod>> listener) throws InterruptedException {
        try (WatchService changes = FileSystems.getDefault().newWatchService()) {
            directory.register(
                    changes,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
            // What changed before anybody watched.
            listener.accept(pods());
            while (true) {
                WatchKey key = changes.poll(ROUND_SECONDS, TimeUnit.SECONDS);
                while (key != null) {
                    key.pollEvents();
                    key.reset();
                    key = changes.poll(SETTLED_MILLIS, TimeUnit.MILLISECONDS);
                }
                listener.accept(pods());
            }
        } catch (IOException failure) {
            log.warn("{}: static pods are no longer followed: {}", directory, failure.getMessage());
        }
    }

    private List<Path> files() throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private Pod read(Path file) throws IOException, ManifestException {
        if (Files.size(file) > LARGEST) {
            throw new ManifestException("larger than 10 MiB");
        }
        return reader.read(file.toString(), Files.readString(file));
    }

    private void tell(Path file, String fault) {
        if (!fault.equals(faults.put(file, fault))) {
            log.warn("{}: no static pod: {}", file, fault);
        }
    }
}
