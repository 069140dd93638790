package dev.longshore.kubelet.pods;

import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.ConfigApi;
import dev.longshore.kubelet.cluster.EventRecorder;
import dev.longshore.kubelet.cluster.PodApi;
import dev.longshore.kubelet.devices.ContainerDevices;
import dev.longshore.kubelet.measures.NodeMeasures;
import dev.longshore.kubelet.node.ShutdownState;
import dev.longshore.kubelet.probes.Actions;
import dev.longshore.kubelet.volumes.PodVolumes;
import dev.longshore.runtime.NodeRuntime;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import java.util.function.Supplier;

/// What every worker works with.
record PodServices(
        PodSettings settings,
        NodeRuntime runtime,
        PodApi api,
        ConfigApi config,
        EventRecorder events,
        Time time,
        PodVolumes volumes,
        Actions actions,
        ImagePuller images,
        ContainerSpecs containerSpecs,
        SandboxSpecs sandboxSpecs,
        PodFiles files,
        NodeAdmission admission,
        PendingResizes resizes,
        ContainerDevices devices,
        Placements placements,
        ShutdownState shutdown,
        Supplier<Map<String, Quantity>> allocatable,
        NodeMeasures measures) {

    String containerId(String id) {
        return settings.idScheme() + "://" + id;
    }
}
