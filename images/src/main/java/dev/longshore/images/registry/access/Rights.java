package dev.longshore.images.registry.access;

/// What somebody may do. Thread-safe.
@FunctionalInterface
public interface Rights {

    /// Everything.
    Rights ALL = (repository, action) -> true;

    /// Nothing.
    Rights NONE = (repository, action) -> false;

    /// Whether `action` is allowed in `repository`, as people write its name (`hello`, `team/app`).
    boolean may(String repository, Action action);
}
