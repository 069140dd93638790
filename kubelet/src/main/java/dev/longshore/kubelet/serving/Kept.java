package dev.longshore.kubelet.serving;

import dev.longshore.base.Time;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/// Answers that are kept for a while: at most so many, of which the oldest goes first. Thread-safe; whoever asks what
/// is not kept waits for the answer, without holding up others.
final class Kept<K, V> {

    private final Map<K, Answer<V>> answers = new LinkedHashMap<>();
    private final int most;
    private final Time time;

    private record Answer<V>(V value, long until) {}

    Kept(int most, Time time) {
        this.most = most;
        this.time = time;
    }

    /// The answer to `key`, from `source` unless one is kept; `life` says for how long it will be.
    V get(K key, Function<K, V> source, Function<V, Duration> life) {
        synchronized (this) {
            Answer<V> kept = answers.get(key);
            if (kept != null && kept.until - time.nanoTime() > 0) {
                return kept.value;
            }
        }
        V value = source.apply(key);
        synchronized (this) {
            answers.remove(key);
            answers.put(
                    key, new Answer<>(value, time.nanoTime() + life.apply(value).toNanos()));
            if (answers.size() > most) {
                answers.remove(answers.keySet().iterator().next());
            }
        }
        return value;
    }
}
