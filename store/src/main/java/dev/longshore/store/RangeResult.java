package dev.longshore.store;

import java.util.List;

/// The answer to a [RangeQuery].
///
/// @param revision the store's revision when it was read (not the one asked for)
/// @param count how many keys the whole range holds at the revision read, whatever the limit
/// @param more true if the limit cut it
public record RangeResult(long revision, List<KeyValue> entries, long count, boolean more) {}
