package dev.longshore.kubelet.claims;

import dev.longshore.kubelet.devices.ContainerDevices;
import dev.longshore.kubelet.devices.DeviceException;
import dev.longshore.kubelet.devices.Grant;
import dev.longshore.kubelet.topology.Hint;
import dev.longshore.kubelet.topology.NumaNodes;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ResourceStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Devices of plugins, and beside them those that pods claim.
public final class ClaimedDevices implements ContainerDevices {

    private final ContainerDevices plugins;
    private final PodClaims claims;
    private final ClaimHealth health;
    private final ClaimStatus status;

    /// Both.
    public ClaimedDevices(ContainerDevices plugins, PodClaims claims, ClaimHealth health) {
        this.plugins = plugins;
        this.claims = claims;
        this.health = health;
        this.status = new ClaimStatus(claims, health);
    }

    @Override
    public Optional<String> admit(Pod pod) throws InterruptedException {
        return plugins.admit(pod);
    }

    @Override
    public Map<String, List<Hint>> hints(Pod pod, Container container) {
        return plugins.hints(pod, container);
    }

    @Override
    public Map<String, List<Hint>> hints(Pod pod) {
        return plugins.hints(pod);
    }

    @Override
    public Optional<String> give(Pod pod, Container container, Optional<NumaNodes> near) throws InterruptedException {
        return plugins.give(pod, container, near);
    }

    @Override
    public void prepare(Pod pod) throws InterruptedException {
        try {
            claims.prepare(pod);
        } catch (DeviceException refused) {
            throw new DeviceException("prepare dynamic resources: " + refused.getMessage());
        }
    }

    @Override
    public void unprepare(Pod pod) throws InterruptedException {
        try {
            claims.unprepare(pod.getMetadata().getUid());
        } catch (DeviceException refused) {
            throw new DeviceException("unprepare dynamic resources: " + refused.getMessage());
        }
    }

    @Override
    public Grant of(Pod pod, Container container) {
        return plugins.of(pod, container).and(Grant.ofCdi(claims.cdi(pod, container)));
    }

    @Override
    public void beforeStart(Pod pod, String container) throws InterruptedException {
        plugins.beforeStart(pod, container);
    }

    @Override
    public List<ResourceStatus> status(Pod pod, Container container) {
        return Stream.concat(plugins.status(pod, container).stream(), status.of(pod, container).stream())
                .toList();
    }

    @Override
    public void onChange(Consumer<String> pod) {
        plugins.onChange(pod);
        health.onChange(driver -> claims.podsOf(driver).forEach(pod));
    }

    @Override
    public void release(String podUid) {
        plugins.release(podUid);
    }
}
