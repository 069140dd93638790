package dev.longshore.kubelet.node;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A question to something that may hang. Whoever asks waits for a while and takes the latest answer there is;
/// a question that is still out is not asked again, so that nothing piles up. Asked by one thread.
final class Timely<T> {

    private static final Logger log = LoggerFactory.getLogger(Timely.class);

    private final String name;
    private final Supplier<T> question;
    private final Time time;
    private final Duration patience;
    private Thread asking;
    private volatile Optional<Answer<T>> latest = Optional.empty();

    /// `patience` is how long each [#ask] waits at most, by the machine's own clock.
    Timely(String name, Supplier<T> question, Time time, Duration patience) {
        this.name = requireNonNull(name, "name");
        this.question = requireNonNull(question, "question");
        this.time = requireNonNull(time, "time");
        this.patience = requireNonNull(patience, "patience");
    }

    /// The latest answer; a failure counts as none.
    Optional<Answer<T>> ask() throws InterruptedException {
        if (asking == null || !asking.isAlive()) {
            asking = Thread.ofVirtual().name("ask " + name).start(this::run);
        }
        if (!asking.join(patience)) {
            log.warn("{} does not answer", name);
        }
        return latest;
    }

    private void run() {
        try {
            T value = question.get();
            latest = Optional.of(new Answer<>(value, time.now()));
        } catch (RuntimeException failure) {
            log.warn("{} failed: {}", name, failure.getMessage());
        }
    }

    /// What was answered, and when.
    record Answer<T>(T value, Instant at) {}
}
