package dev.longshore.store;

/// What the parts of one engine share.
record Parts(
        Backend backend,
        KeyIndex index,
        KeyCounts counts,
        Revisions revisions,
        RangeReader reader,
        Leases leases,
        Watchers watchers,
        Space space) {}
