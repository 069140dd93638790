package dev.longshore.builder.cache;

import java.time.Instant;

/// A piece of the cache, as people are told of it.
///
/// @param id a step's key or a mount's name
/// @param bytes on disk
/// @param inUse a running build needs it
/// @param shared an image keeps it as well: removing it frees nothing
public record CacheEntry(
        String id,
        Type type,
        String description,
        long bytes,
        Instant created,
        Instant lastUsed,
        int uses,
        boolean inUse,
        boolean shared) {

    /// Kinds of pieces, in BuildKit's words.
    public enum Type {
        /// What a step came to.
        REGULAR("regular"),
        /// The directory of a `RUN --mount=type=cache`.
        CACHE_MOUNT("exec.cachemount"),
        /// The files of a context.
        CONTEXT("source.local");

        private final String text;

        Type(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
