package dev.longshore.autoscaler;

import java.util.List;

/// Prefers some ways of growing to others.
interface Expander {

    /// The best of `options`: at least one, unless none may be used. `options` is not empty.
    List<Expansion> best(List<Expansion> options);
}
