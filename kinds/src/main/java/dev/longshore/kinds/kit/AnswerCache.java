package dev.longshore.kinds.kit;

import dev.longshore.base.Time;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The last answers, each for as long as it is told to be good; of too many, those that were used longest ago go.
/// Thread-safe.
public final class AnswerCache<T> {

    private final Time time;
    private final Map<String, Kept<T>> answers;

    private record Kept<T>(T answer, long until) {}

    /// @param most how many answers there may be
    public AnswerCache(int most, Time time) {
        this.time = time;
        this.answers = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Kept<T>> eldest) {
                return size() > most;
            }
        };
    }

    /// The answer to `question`, if it is still good.
    public synchronized Optional<T> find(String question) {
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

    /// Keeps `answer` for `life`; not at all if that is nothing.
    public synchronized void keep(String question, T answer, Duration life) {
        if (life.isPositive()) {
            answers.put(question, new Kept<>(answer, time.nanoTime() + life.toNanos()));
        }
    }
}
