package dev.longshore.builder.cache;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/// Which pieces of the cache shall go.
///
/// @param all what images share goes as well, although that frees nothing
/// @param unusedSince only what was last used before; everything without it
/// @param keepBytes so much may stay: the least recently used go first
/// @param matches only these
public record PruneWish(boolean all, Optional<Instant> unusedSince, long keepBytes, Predicate<CacheEntry> matches) {

    /// Everything that no running build needs.
    public static final PruneWish EVERYTHING = new PruneWish(true, Optional.empty(), 0, any -> true);

    boolean concerns(CacheEntry entry) {
        return !entry.inUse()
                && (all || !entry.shared())
                && unusedSince.map(entry.lastUsed()::isBefore).orElse(true)
                && matches.test(entry);
    }
}
