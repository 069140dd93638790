package dev.longshore.kinds;

import static java.util.Map.entry;

import dev.longshore.model.ServingPriority;
import java.util.Map;
import java.util.Optional;

/// Where the built-in groups and versions stand in discovery, as kube-apiserver 1.36 has it (its
/// `cmd/kube-apiserver/app/aggregator.go` and `pkg/controlplane/apiserver/aggregator.go`).
public final class ServingPriorities {

    private static final Map<String, Integer> GROUPS = Map.ofEntries(
            entry("", 18000),
            entry("apps", 17800),
            entry("events.k8s.io", 17750),
            entry("authentication.k8s.io", 17700),
            entry("authorization.k8s.io", 17600),
            entry("autoscaling", 17500),
            entry("batch", 17400),
            entry("certificates.k8s.io", 17300),
            entry("networking.k8s.io", 17200),
            entry("policy", 17100),
            entry("rbac.authorization.k8s.io", 17000),
            entry("storage.k8s.io", 16800),
            entry("apiextensions.k8s.io", 16700),
            entry("admissionregistration.k8s.io", 16700),
            entry("scheduling.k8s.io", 16600),
            entry("coordination.k8s.io", 16500),
            entry("node.k8s.io", 16300),
            entry("resource.k8s.io", 16200),
            entry("discovery.k8s.io", 16200),
            entry("flowcontrol.apiserver.k8s.io", 16100),
            entry("internal.apiserver.k8s.io", 16000),
            entry("storagemigration.k8s.io", 15800));

    /// What differs from 15 for a stable version and 9 for others.
    private static final Map<String, Integer> VERSIONS = Map.ofEntries(
            entry("/v1", 1),
            entry("events.k8s.io/v1beta1", 5),
            entry("authentication.k8s.io/v1alpha1", 1),
            entry("autoscaling/v2", 30),
            entry("certificates.k8s.io/v1alpha1", 1),
            entry("storage.k8s.io/v1alpha1", 1),
            entry("scheduling.k8s.io/v1alpha2", 2),
            entry("admissionregistration.k8s.io/v1beta1", 12),
            entry("coordination.k8s.io/v1beta1", 13),
            entry("coordination.k8s.io/v1alpha2", 12),
            entry("discovery.k8s.io/v1beta1", 12),
            entry("node.k8s.io/v1alpha1", 1),
            entry("resource.k8s.io/v1", 21),
            entry("resource.k8s.io/v1beta2", 15),
            entry("resource.k8s.io/v1alpha3", 1),
            entry("flowcontrol.apiserver.k8s.io/v1", 21),
            entry("flowcontrol.apiserver.k8s.io/v1beta3", 18),
            entry("flowcontrol.apiserver.k8s.io/v1beta2", 15),
            entry("flowcontrol.apiserver.k8s.io/v1beta1", 12));

    private static final int STABLE = 15;
    private static final int UNSTABLE = 9;

    private ServingPriorities() {}

    /// Where it stands; empty for a group that is no part of every Kubernetes: such a one is served, but has no
    /// APIService of its own, so that whoever installs one finds the place free.
    public static Optional<ServingPriority> of(String group, String version) {
        int usual = version.matches("v\\d+") ? STABLE : UNSTABLE;
        return Optional.ofNullable(GROUPS.get(group))
                .map(priority -> new ServingPriority(priority, VERSIONS.getOrDefault(group + "/" + version, usual)));
    }
}
