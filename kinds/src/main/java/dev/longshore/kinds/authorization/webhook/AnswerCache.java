package dev.longshore.kinds.authorization.webhook;

import dev.longshore.base.Time;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The last answers, each for as long as it is told to be good; of too many, those that were used longest ago go.
/// Thread-safe.
final class AnswerCache<T> {

    private static final int MOST = 8192;

    private final Time time;
    private final Map<String, Kept<T>> answers = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Kept<T>> eldest) {
            return size() > MOST;
        }
    };

    private record Kept<T>(T answer, long until) {}

    AnswerCache(Time time) {
        this.time = time;
    }

    synchronized Optional<T> find(String question) {
        Kept<T> kept = answers.get(question);
        if (kept == null) {
            return Optional.empty();
        }
        if (time.nanoTime() - kept.until > 0) {
            answers.remove(question);
            return Optional.empty();
        }
        return Optional.of(kept.answer);
    }

    synchronized void keep(String question, T answer, Duration life) {
        if (life.isPositive()) {
            answers.put(question, new Kept<>(answer, time.nanoTime() + life.toNanos()));
        }
    }
}
