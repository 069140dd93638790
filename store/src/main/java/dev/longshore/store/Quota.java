package dev.longshore.store;

/// How many bytes a store may take on its disk before it takes no more, as etcd's `--quota-backend-bytes`.
///
/// @param bytes [Long#MAX_VALUE] for no quota
public record Quota(long bytes) {

    /// What etcd advises nobody to exceed, and kubeadm's clusters are often given.
    public static final Quota USUAL = new Quota(8L << 30);

    /// None at all.
    public static final Quota NONE = new Quota(Long.MAX_VALUE);

    /// @throws IllegalArgumentException when it leaves nothing
    public Quota {
        if (bytes <= 0) {
            throw new IllegalArgumentException("a quota of " + bytes + " bytes");
        }
    }

    /// As the flag has it: 0 is the usual one, less is none.
    public static Quota ofFlag(long value) {
        return value == 0 ? USUAL : value < 0 ? NONE : new Quota(value);
    }
}
