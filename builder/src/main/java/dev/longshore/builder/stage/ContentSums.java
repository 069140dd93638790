package dev.longshore.builder.stage;

import dev.longshore.base.Digest;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The sums of files in stages and images: these never change, so each is read once. Remembers so many; the least
/// recently used go. Thread-safe.
public final class ContentSums {

    private static final int MOST = 2048;

    private final Map<String, String> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MOST;
        }
    };

    /// Reads what is not known.
    @FunctionalInterface
    public interface Reading {
        /// The sum.
        String read() throws IOException;
    }

    /// The sum of `path` in the tree whose topmost layer has the chain id `chain`; an empty tree has none.
    public String of(Optional<Digest> chain, String path, Reading reading) throws IOException {
        String key = chain.map(Digest::hex).orElse("") + path;
        synchronized (this) {
            String sum = known.get(key);
            if (sum != null) {
                return sum;
            }
        }
        String sum = reading.read();
        synchronized (this) {
            known.put(key, sum);
        }
        return sum;
    }
}
