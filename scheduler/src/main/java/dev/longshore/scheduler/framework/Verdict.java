package dev.longshore.scheduler.framework;

import java.util.List;

/// What a filter says of a node.
public sealed interface Verdict {

    /// The pod may run there.
    Verdict FITS = new Fits();

    /// The pod may run there.
    record Fits() implements Verdict {}

    /// It may not.
    ///
    /// @param reasons fragments, each of which is counted over nodes: `Insufficient cpu`
    /// @param couldPreempt true if fewer pods on the node would help
    record Rejected(List<String> reasons, boolean couldPreempt) implements Verdict {
        public Rejected {
            reasons = List.copyOf(reasons);
        }
    }

    /// Fewer pods on the node would help.
    static Verdict crowded(String reason) {
        return new Rejected(List.of(reason), true);
    }

    /// Nothing but a change of the node or the pod would help.
    static Verdict rejected(String reason) {
        return new Rejected(List.of(reason), false);
    }
}
