package dev.longshore.kinds.kit;

import java.util.Set;

/// What Kubernetes 1.36 has closed and somebody has opened here, by the names that it gives to feature gates.
public record FeatureGates(Set<String> open) {

    /// ClusterTrustBundles as sources of projected volumes, their default roles, and the one that the cluster
    /// publishes.
    public static final String TRUST_BUNDLES = "ClusterTrustBundle";

    /// PodCertificateRequests, as sources of projected volumes.
    public static final String POD_CERTIFICATES = "PodCertificateRequest";

    /// As Kubernetes has them.
    public static final FeatureGates USUAL = new FeatureGates(Set.of());

    public FeatureGates {
        open = Set.copyOf(open);
    }

    public boolean isOpen(String gate) {
        return open.contains(gate);
    }
}
