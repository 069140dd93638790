package dev.longshore.kubelet.claims;

import dev.longshore.kubelet.devices.listing.CdiDevice;
import dev.longshore.kubelet.devices.listing.ClaimResource;
import dev.longshore.kubelet.devices.listing.DynamicResource;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.TreeMap;

/// Tells monitors which claims containers use.
public final class ClaimListing {

    private ClaimListing() {}

    /// Of one container; none when its claims are still to be made.
    public static List<DynamicResource> of(PodClaims claims, Pod pod, Container container) {
        try {
            return claims.of(pod, container).stream()
                    .map(ClaimListing::resource)
                    .toList();
        } catch (dev.longshore.kubelet.devices.DeviceException unready) {
            return List.of();
        }
    }

    private static DynamicResource resource(PreparedClaim claim) {
        var resource = DynamicResource.newBuilder().setClaimName(claim.name()).setClaimNamespace(claim.namespace());
        new TreeMap<>(claim.drivers())
                .forEach((driver, devices) -> devices.forEach(device -> {
                    var listed = ClaimResource.newBuilder()
                            .setDriverName(driver)
                            .setPoolName(device.pool())
                            .setDeviceName(device.name());
                    device.share().ifPresent(listed::setShareId);
                    device.cdi()
                            .forEach(name ->
                                    listed.addCdiDevices(CdiDevice.newBuilder().setName(name)));
                    resource.addClaimResources(listed);
                }));
        return resource.build();
    }
}
