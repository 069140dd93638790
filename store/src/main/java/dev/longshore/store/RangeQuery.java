package dev.longshore.store;

/// What to read: keys in ascending order.
///
/// @param revision the revision to read at; 0 for the newest
/// @param limit at most so many; 0 for all
/// @param keysOnly leaves the values out (empty arrays)
/// @param countOnly returns no keys, only their number
public record RangeQuery(KeyRange range, long revision, long limit, boolean keysOnly, boolean countOnly) {

    /// All of `range`, newest.
    public static RangeQuery of(KeyRange range) {
        return new RangeQuery(range, 0, 0, false, false);
    }

    /// One key, newest.
    public static RangeQuery of(Key key) {
        return of(KeyRange.single(key));
    }
}
