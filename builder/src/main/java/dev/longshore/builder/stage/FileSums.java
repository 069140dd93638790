package dev.longshore.builder.stage;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.images.FileStat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// The sums of files' contents and extended attributes. Remembers them by inode, size and the times of the last
/// changes, of which nobody can set the last one: a file that looks the same is not read again. What changed only
/// just now is not remembered, for it could change again within the same tick of the clock. Thread-safe.
public final class FileSums implements Contents {

    private static final int MOST = 200_000;
    private static final int BUFFER = 64 << 10;
    private static final Duration TICK = Duration.ofSeconds(2);

    private final Attributes attributes;
    private final Time time;
    private final Map<Key, String> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, String> eldest) {
            return size() > MOST;
        }
    };

    /// Knows nothing yet.
    public FileSums(Attributes attributes, Time time) {
        this.attributes = attributes;
        this.time = time;
    }

    /// Extended attributes that count.
    @FunctionalInterface
    public interface Attributes {
        /// Of the file or directory at `place`.
        Map<String, byte[]> of(Path place) throws IOException;
    }

    private record Key(String identity, long size, long modified, long changed) {}

    @Override
    public String sum(Path place, FileStat stat) throws IOException {
        if (!stat.isFile()) {
            return stat.isDirectory() ? attributes(place) : "";
        }
        boolean isSettled = stat.changed().toInstant().plus(TICK).isBefore(time.now());
        if (!isSettled) {
            return read(place);
        }
        var key = new Key(
                stat.identity(),
                stat.size(),
                stat.modified().to(TimeUnit.NANOSECONDS),
                stat.changed().to(TimeUnit.NANOSECONDS));
        synchronized (known) {
            String sum = known.get(key);
            if (sum != null) {
                return sum;
            }
        }
        String sum = read(place);
        synchronized (known) {
            known.put(key, sum);
        }
        return sum;
    }

    private String read(Path file) throws IOException {
        MessageDigest sum = Digest.hasher("sha256");
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                sum.update(buffer, 0, read);
            }
        }
        return Digest.of("sha256", sum.digest()).hex() + attributes(file);
    }

    private String attributes(Path place) throws IOException {
        return sum(attributes.of(place));
    }

    /// Of extended attributes.
    static String sum(Map<String, byte[]> found) {
        if (found.isEmpty()) {
            return "";
        }
        MessageDigest sum = Digest.hasher("sha256");
        new TreeMap<>(found).forEach((name, value) -> {
            sum.update((name + "\0" + value.length + "\0").getBytes(StandardCharsets.UTF_8));
            sum.update(value);
        });
        return "+" + Digest.of("sha256", sum.digest()).hex();
    }
}
