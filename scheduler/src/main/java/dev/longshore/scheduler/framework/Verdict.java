package dev.longshore.scheduler.framework;

/// What a filter says of a node.
public sealed interface Verdict {

    /// The pod may run there.
    Verdict FITS = new Fits();

    /// The pod may run there.
    record Fits() implements Verdict {}

    /// It may not.
    ///
    /// @param reason a fragment that is counted over nodes: `Insufficient cpu`
    /// @param couldPreempt true if fewer pods on the node would help
    record Rejected(String reason, boolean couldPreempt) implements Verdict {}

    /// Fewer pods on the node would help.
    static Verdict crowded(String reason) {
        return new Rejected(reason, true);
    }

    /// Nothing but a change of the node or the pod would help.
    static Verdict rejected(String reason) {
        return new Rejected(reason, false);
    }
}
