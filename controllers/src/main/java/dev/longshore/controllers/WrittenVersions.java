package dev.longshore.controllers;

import dev.longshore.client.Informers;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/// Up to which version a controller wrote an owner and what belongs to it. Until the informers have come that far,
/// what they show of that owner is older than its controller's own writes, and nothing may be decided by it. Kept by
/// the owner's key and uid, so that one of the same name that comes later begins anew; forgotten once all is seen.
/// Deletions are not versions of anything: they are expected through [Expectations]. Thread-safe.
final class WrittenVersions {

    private static final Duration FIRST_WAIT = Duration.ofMillis(5);
    private static final Duration LONGEST_WAIT = Duration.ofMillis(320);

    private final ToLongFunction<Class<? extends HasMetadata>> seen;
    private final Map<String, Written> owners = new HashMap<>();

    /// Those of one controller, compared with what `informers` have heard of.
    WrittenVersions(Informers informers) {
        this(informers::version);
    }

    /// @param seen up to which version objects of a type have been heard of
    WrittenVersions(ToLongFunction<Class<? extends HasMetadata>> seen) {
        this.seen = seen;
    }

    /// `object`, which is `owner` or belongs to it, was written and came back like this.
    synchronized void wrote(HasMetadata owner, HasMetadata object) {
        Written written = owners.compute(Keys.of(owner), (key, before) -> {
            String uid = owner.getMetadata().getUid();
            return before == null || !before.uid.equals(uid) ? new Written(uid) : before;
        });
        written.versions.merge(
                object.getClass(), Informers.version(object.getMetadata().getResourceVersion()), Math::max);
    }

    /// How long to wait before looking again whether all that was written of the owner called `key` has been heard of;
    /// empty when it has. Longer and longer, but never for long: an informer tells of an object a moment before it
    /// counts its version as seen, and no other event may come.
    synchronized Optional<Duration> untilSeen(String key) {
        Written written = owners.get(key);
        if (written == null) {
            return Optional.empty();
        }
        boolean areSeen = written.versions.entrySet().stream()
                .allMatch(version -> seen.applyAsLong(version.getKey()) >= version.getValue());
        if (areSeen) {
            owners.remove(key);
            return Optional.empty();
        }
        Duration wait = written.next;
        Duration longer = wait.multipliedBy(2);
        written.next = longer.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : longer;
        return Optional.of(wait);
    }

    /// There is no owner called `key` any more.
    synchronized void forget(String key) {
        owners.remove(key);
    }

    private static final class Written {
        private final String uid;
        private final Map<Class<? extends HasMetadata>, Long> versions = new HashMap<>();
        private Duration next = FIRST_WAIT;

        Written(String uid) {
            this.uid = uid;
        }
    }
}
