package dev.longshore.runtime;

/// What one of a node's runtimes can do, apart from what each of them can.
///
/// @param recursiveReadOnlyMounts bind mounts that are read only with all that is mounted below them
/// @param userNamespaces pods with users of their own
public record HandlerFeatures(boolean recursiveReadOnlyMounts, boolean userNamespaces) {

    /// Nothing beyond the usual.
    public static final HandlerFeatures NONE = new HandlerFeatures(false, false);
}
