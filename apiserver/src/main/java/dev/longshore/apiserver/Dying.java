package dev.longshore.apiserver;

import dev.longshore.model.MetadataRules;
import dev.longshore.model.Resource;
import dev.longshore.model.Strategy;
import dev.longshore.model.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An object whose deletion is asked for, changed in place: its times, its generation, its finalizers.
record Dying(Strategy strategy, Resource object, Instant now) {

    private static final String ORPHAN = "orphan";
    private static final String FOREGROUND = "foregroundDeletion";
    private static final String TIME = "deletionTimestamp";
    private static final String GRACE = "deletionGracePeriodSeconds";

    /// What the kind's grace means for this deletion.
    enum Wait {
        /// Its kind knows no grace, or all of it is over.
        NONE,
        /// It waits already; nothing is to be changed.
        PENDING,
        /// Marked just now, with some time to go.
        LASTING,
        /// Marked just now, with no time to go.
        ENDED
    }

    /// Marks objects of kinds that know grace. A grace period may be cut short, never prolonged.
    Wait begin(Optional<Duration> asked) {
        Optional<Duration> own = strategy.gracePeriod(object, asked);
        if (own.isEmpty()) {
            return Wait.NONE;
        }
        if (object.isTerminating()) {
            return shorten(asked);
        }
        ObjectNode metadata = object.metadata();
        metadata.put(TIME, Times.print(now.plus(own.get())));
        metadata.put(GRACE, own.get().toSeconds());
        countUp();
        strategy.prepareForDelete(object);
        return own.get().isZero() ? Wait.ENDED : Wait.LASTING;
    }

    private Wait shorten(Optional<Duration> asked) {
        long stored = object.at("metadata", GRACE).asLong(0);
        long agreed = stored < 0 ? 1 : stored;
        if (agreed == 0) {
            return Wait.NONE;
        }
        if (asked.isEmpty() || asked.get().toSeconds() >= agreed) {
            return Wait.PENDING;
        }
        Instant begun = Instant.parse(object.text("metadata", TIME)).minusSeconds(agreed);
        object.metadata().put(TIME, Times.print(begun.plus(asked.get())));
        object.metadata().put(GRACE, asked.get().toSeconds());
        return asked.get().isZero() ? Wait.ENDED : Wait.LASTING;
    }

    /// Marks what only finalizers, or the kind itself, keep.
    void markAtOnce() {
        ObjectNode metadata = object.metadata();
        boolean isFirst = !object.isTerminating();
        if (isFirst) {
            strategy.prepareForDelete(object);
        }
        if (strategy.isKept(object)) {
            // Namespaces: they get no grace period, whoever empties them sees the end of it.
            if (isFirst) {
                metadata.put(TIME, Times.print(now));
            }
            return;
        }
        if (!metadata.has(GRACE)) {
            countUp();
        }
        if (isFirst || Instant.parse(object.text("metadata", TIME)).isAfter(now)) {
            metadata.put(TIME, Times.print(now));
        }
        metadata.put(GRACE, 0L);
    }

    /// True while something keeps it in the store.
    boolean isKept() {
        return !MetadataRules.finalizers(object).isEmpty() || strategy.isKept(object);
    }

    /// What shall happen to dependents is kept as a finalizer, by which the garbage collector finds its work.
    void decideOnDependents(Optional<Strategy.Propagation> asked) {
        List<String> before = MetadataRules.finalizers(object);
        boolean isDecided = before.contains(ORPHAN) || before.contains(FOREGROUND);
        if (strategy.ownsNothing() || asked.isEmpty() && isDecided) {
            return;
        }
        var after = new ArrayList<>(before);
        after.removeAll(List.of(ORPHAN, FOREGROUND));
        switch (asked.orElseGet(strategy::defaultPropagation)) {
            case ORPHAN -> after.add(ORPHAN);
            case FOREGROUND -> after.add(FOREGROUND);
            case BACKGROUND -> {}
        }
        if (after.isEmpty()) {
            object.metadata().remove("finalizers");
        } else if (!after.equals(before)) {
            ArrayNode list = object.metadata().putArray("finalizers");
            after.forEach(list::add);
        }
    }

    private void countUp() {
        if (object.generation() > 0) {
            object.metadata().put("generation", object.generation() + 1);
        }
    }
}
