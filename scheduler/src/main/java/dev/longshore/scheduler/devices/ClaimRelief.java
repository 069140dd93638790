package dev.longshore.scheduler.devices;

import dev.longshore.base.Time;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.PostFilter;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Optional;

/// Has the claims of a pod that fits nowhere give back devices that nobody uses and that keep it from some node, so
/// that it may get others; and undoes what an attempt that failed has left.
public final class ClaimRelief implements PostFilter {

    private final PodDevices devices;
    private final ClaimWrites writes;

    /// Writes through `client`.
    public ClaimRelief(KubernetesClient client, InformedDevices devices, Time time) {
        this.devices = new PodDevices(devices);
        this.writes = new ClaimWrites(client, time);
    }

    @Override
    public String help(PodView pod, List<NodeView> nodes) {
        if (!pod.mayNeedDevices() || !devices.concern(pod)) {
            return "no new claims to deallocate";
        }
        try {
            Optional<ResourceClaim> idle = devices.idle(pod, nodes);
            if (idle.isPresent()) {
                writes.deallocate(idle.get());
                return "deallocation of ResourceClaim completed";
            }
            Optional<ResourceClaim> left = devices.made(pod);
            if (left.isPresent()) {
                writes.delete(left.get());
                return "deletion of ResourceClaim completed";
            }
        } catch (KubernetesClientException refused) {
            return refused.getMessage();
        }
        return "still not schedulable";
    }
}
