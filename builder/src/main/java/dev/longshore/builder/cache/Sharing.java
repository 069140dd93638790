package dev.longshore.builder.cache;

/// What happens when several steps want one cache mount at once.
public enum Sharing {
    /// All get the same directory.
    SHARED,
    /// Each gets a directory of its own.
    PRIVATE,
    /// One after the other.
    LOCKED
}
