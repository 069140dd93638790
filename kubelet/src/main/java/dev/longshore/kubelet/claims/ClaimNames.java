package dev.longshore.kubelet.claims;

import dev.longshore.kubelet.devices.DeviceException;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodExtendedResourceClaimStatus;
import io.fabric8.kubernetes.api.model.PodResourceClaim;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Which ResourceClaims stand behind what pods and containers say.
final class ClaimNames {

    private ClaimNames() {}

    /// A claim that a pod uses.
    ///
    /// @param isMade whether it was made for the pod, so that it must belong to it
    record Named(String name, boolean isMade) {}

    /// What a container uses of a claim.
    ///
    /// @param request of the claim's; empty for all of it
    record Part(String claim, String request) {}

    /// All claims of the pod.
    ///
    /// @throws DeviceException when one of them is still to be made
    static List<Named> of(Pod pod) {
        var names = new ArrayList<Named>();
        pod.getSpec().getResourceClaims().forEach(claim -> name(pod, claim).ifPresent(names::add));
        extended(pod).ifPresent(status -> names.add(new Named(status.getResourceClaimName(), false)));
        return names;
    }

    /// The claim that the pod calls `name`.
    ///
    /// @throws DeviceException when it is still to be made
    static Optional<String> of(Pod pod, String name) {
        return pod.getSpec().getResourceClaims().stream()
                .filter(claim -> claim.getName().equals(name))
                .findFirst()
                .flatMap(claim -> name(pod, claim))
                .map(Named::name);
    }

    /// What one of its containers uses.
    static List<Part> of(Pod pod, Container container) {
        var parts = new ArrayList<Part>();
        if (container.getResources() == null) {
            return parts;
        }
        for (var used : container.getResources().getClaims()) {
            pod.getSpec().getResourceClaims().stream()
                    .filter(claim -> claim.getName().equals(used.getName()))
                    .flatMap(claim -> name(pod, claim).stream())
                    .forEach(named ->
                            parts.add(new Part(named.name(), Objects.requireNonNullElse(used.getRequest(), ""))));
        }
        extended(pod)
                .ifPresent(status -> status.getRequestMappings().stream()
                        .filter(mapping -> mapping.getContainerName().equals(container.getName()))
                        .forEach(mapping ->
                                parts.add(new Part(status.getResourceClaimName(), mapping.getRequestName()))));
        return parts;
    }

    /// Of resources that are asked for by name, as of device plugins, and had from a driver.
    private static Optional<PodExtendedResourceClaimStatus> extended(Pod pod) {
        return Optional.ofNullable(pod.getStatus())
                .map(status -> status.getExtendedResourceClaimStatus())
                .filter(status -> status.getResourceClaimName() != null
                        && !status.getResourceClaimName().isEmpty());
    }

    /// Empty when the pod needs none after all.
    private static Optional<Named> name(Pod pod, PodResourceClaim claim) {
        if (claim.getResourceClaimName() != null) {
            return Optional.of(new Named(claim.getResourceClaimName(), false));
        }
        var made = pod.getStatus().getResourceClaimStatuses().stream()
                .filter(status -> status.getName().equals(claim.getName()))
                .findFirst()
                .orElseThrow(() -> new DeviceException("pod \"%s/%s\": ResourceClaim not created yet"
                        .formatted(
                                pod.getMetadata().getNamespace(),
                                pod.getMetadata().getName())));
        return Optional.ofNullable(made.getResourceClaimName()).map(name -> new Named(name, true));
    }
}
