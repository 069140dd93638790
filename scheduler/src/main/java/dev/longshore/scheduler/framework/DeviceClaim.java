package dev.longshore.scheduler.framework;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodResourceClaim;
import io.fabric8.kubernetes.api.model.PodResourceClaimStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A pod's claim for devices.
///
/// @param name within the pod
/// @param claim the name of the ResourceClaim; empty while it has yet to be made from its template
/// @param isOwn whether it was made for this pod, and must be its own
public record DeviceClaim(String name, Optional<String> claim, boolean isOwn) {

    /// The claims of `pod`.
    public static List<DeviceClaim> of(Pod pod) {
        var claims = new ArrayList<DeviceClaim>();
        for (PodResourceClaim wanted : pod.getSpec().getResourceClaims()) {
            if (wanted.getResourceClaimName() != null) {
                claims.add(new DeviceClaim(wanted.getName(), Optional.of(wanted.getResourceClaimName()), false));
                continue;
            }
            Optional<PodResourceClaimStatus> made = pod.getStatus() == null
                    ? Optional.empty()
                    : pod.getStatus().getResourceClaimStatuses().stream()
                            .filter(status -> status.getName().equals(wanted.getName()))
                            .findFirst();
            // One that was found to need no claim says so by naming none.
            if (made.isEmpty() || made.get().getResourceClaimName() != null) {
                claims.add(new DeviceClaim(
                        wanted.getName(), made.map(PodResourceClaimStatus::getResourceClaimName), true));
            }
        }
        return claims;
    }
}
