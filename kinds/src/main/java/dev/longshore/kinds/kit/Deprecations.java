package dev.longshore.kinds.kit;

import dev.longshore.model.GroupVersionKind;
import java.util.Map;

/// Which kinds Kubernetes 1.36 calls deprecated whenever they are used, since when, until when, and what to use.
final class Deprecations {

    /// By `apiVersion kind`: what follows `is deprecated in`.
    private static final Map<String, String> KINDS = Map.ofEntries(
            Map.entry("v1 ComponentStatus", "v1.19+"),
            Map.entry("v1 Endpoints", "v1.33+; use discovery.k8s.io/v1 EndpointSlice"),
            Map.entry("networking.k8s.io/v1beta1 IPAddress", "v1.34+, unavailable in v1.37+"),
            Map.entry("networking.k8s.io/v1beta1 ServiceCIDR", "v1.34+, unavailable in v1.37+"),
            Map.entry("storage.k8s.io/v1beta1 VolumeAttributesClass", "v1.34+, unavailable in v1.37+"),
            Map.entry("coordination.k8s.io/v1alpha2 LeaseCandidate", "v1.35+, unavailable in v1.38+"),
            Map.entry("coordination.k8s.io/v1beta1 LeaseCandidate", "v1.36+, unavailable in v1.39+"),
            Map.entry("certificates.k8s.io/v1alpha1 ClusterTrustBundle", "v1.34+, unavailable in v1.37+"),
            Map.entry("certificates.k8s.io/v1beta1 ClusterTrustBundle", "v1.36+, unavailable in v1.39+"),
            Map.entry("admissionregistration.k8s.io/v1alpha1 MutatingAdmissionPolicy", "v1.35+, unavailable in v1.38+"),
            Map.entry(
                    "admissionregistration.k8s.io/v1alpha1 MutatingAdmissionPolicyBinding",
                    "v1.35+, unavailable in v1.38+"),
            Map.entry("resource.k8s.io/v1alpha3 DeviceTaintRule", "v1.36+, unavailable in v1.39+"));

    private static final Map<String, String> DEVICES =
            Map.of("v1beta1", "v1.35+, unavailable in v1.38+", "v1beta2", "v1.36+, unavailable in v1.39+");

    private Deprecations() {}

    /// What is said of `kind`; empty for most.
    static String of(GroupVersionKind kind) {
        String name = kind.apiVersion() + " " + kind.kind();
        String since = KINDS.getOrDefault(name, "");
        boolean isDevice =
                kind.group().equals("resource.k8s.io") && !kind.kind().equals("DeviceTaintRule");
        if (isDevice) {
            since = DEVICES.getOrDefault(kind.version(), "");
        }
        return since.isEmpty() ? "" : name + " is deprecated in " + since;
    }
}
