package dev.longshore.store;

/// What the parts of one engine share.
record Parts(
        Backend backend,
        KeyIndex index,
        Revisions revisions,
        RangeReader reader,
        Leases leases,
        Watchers watchers,
        Space space) {}
