package dev.longshore.cli;

/// What this program is, and what it serves.
public final class Versions {

    /// The version of this program.
    public static final String LONGSHORE = "0.1.0";

    /// The version of Kubernetes whose API it serves.
    public static final String KUBERNETES = "v1.36.0";

    private Versions() {}
}
