package dev.longshore.runtime;

/// Ids of the host's that a pod's user namespace calls 0 to `length` - 1: users and groups alike.
///
/// @param first the host's id of the namespace's root
public record IdRange(long first, long length) {
    public IdRange {
        if (first <= 0 || length <= 0 || first + length > 1L << 32) {
            throw new IllegalArgumentException("no range of ids: %d from %d".formatted(length, first));
        }
    }
}
