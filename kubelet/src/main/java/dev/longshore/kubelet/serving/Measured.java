package dev.longshore.kubelet.serving;

import dev.longshore.base.Time;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// What takes long to find out, found out at most once a minute for each key, on a thread of its own. Whoever asks
/// waits for a while and takes the latest answer there is. Keeps a bounded number of answers; thread-safe.
final class Measured<K, V> {

    private static final int MOST = 4096;
    private static final Duration FRESH = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Map<K, Answer> answers = new LinkedHashMap<>();
    private final Function<K, Optional<V>> source;
    private final Time time;

    private final class Answer {
        private volatile Optional<V> latest = Optional.empty();
        private long asked;
        private Thread asking;
    }

    Measured(Function<K, Optional<V>> source, Time time) {
        this.source = source;
        this.time = time;
    }

    /// The latest answer; empty while there is none.
    Optional<V> of(K key) {
        Answer answer;
        Thread asking;
        synchronized (answers) {
            answer = answers.computeIfAbsent(key, unknown -> new Answer());
            boolean isOut = answer.asking != null && answer.asking.isAlive();
            boolean isFresh = answer.asking != null && time.nanoTime() - answer.asked < FRESH.toNanos();
            if (!isOut && !isFresh) {
                answer.asked = time.nanoTime();
                answer.asking =
                        Thread.ofVirtual().name("measure " + key).start(() -> answer.latest = source.apply(key));
            }
            asking = answer.asking;
            if (answers.size() > MOST) {
                answers.remove(answers.keySet().iterator().next());
            }
        }
        try {
            asking.join(PATIENCE);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return answer.latest;
    }
}
