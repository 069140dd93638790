package dev.longshore.kubelet.volumes;

/// What came of making a volume's file system larger.
public sealed interface Growth {

    /// It is as large as it is to be.
    record Done() implements Growth {}

    /// It is not.
    ///
    /// @param isInfeasible whether no further try of the same can succeed
    record Failed(String why, boolean isInfeasible) implements Growth {}

    /// Not now; nobody need hear of it.
    record Later() implements Growth {}
}
